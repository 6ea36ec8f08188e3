import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Statements } from '../../platform/database/index.js';
import { claimsOf, type Candidate, type Conflict } from './decide-batch.js';
import * as sql from './import.statements.js';
import type { Person, ReasonCode } from './read-person.js';

/** How far a file has been imported, and what came of it so far. */
export interface Progress {
  readonly positionBytes: number;
  /** Blank ones included. */
  readonly lines: number;
  readonly imported: number;
  readonly skipped: number;
  /** How many lines were skipped for each reason; a line may have several. */
  readonly reasons: Readonly<Partial<Record<ReasonCode, number>>>;
  /** The length of the report about these lines. */
  readonly reportBytes: number;
}

/** Somebody else has just taken an id, an address or an identity; the batch can be tried again. */
export class ConflictsChangedError extends Error {}

/** The tables that an import of users reads and writes. */
@Injectable()
export class ImportStore {
  constructor(
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  /** How far this file has been imported; nothing of a file that is new. */
  async begin(fileDigest: Buffer): Promise<Progress> {
    await this.statements.run(sql.ADD_IMPORT, [fileDigest]);
    const [progress] = await this.statements.run<Progress>(sql.READ_IMPORT, [fileDigest]);
    if (!progress) throw new Error('The import was deleted while it began.');
    return progress;
  }

  /**
   * Lets nobody else import lines of this file until the end of the transaction; false if somebody
   * else has imported some since.
   */
  async lock(
    fileDigest: Buffer,
    { positionBytes }: Progress,
    transaction: EntityManager,
  ): Promise<boolean> {
    const values = [fileDigest, positionBytes];
    return (await this.statements.run(sql.LOCK_IMPORT, values, transaction)).length === 1;
  }

  async advance(fileDigest: Buffer, to: Progress, transaction: EntityManager): Promise<void> {
    const counts = [to.lines, to.imported, to.skipped, JSON.stringify(to.reasons), to.reportBytes];
    const values = [fileDigest, to.positionBytes, ...counts];
    await this.statements.run(sql.ADVANCE_IMPORT, values, transaction);
  }

  /** What users have that candidates claim. */
  async findConflicts(
    candidates: readonly Candidate[],
    transaction: EntityManager,
  ): Promise<Conflict[]> {
    const entries = candidates.map(({ line, person: { id, email, identities } }) => ({
      line,
      id,
      email,
      identities,
    }));
    const values = [JSON.stringify(entries), this.clock.offsetMs];
    return this.statements.run<Conflict>(sql.FIND_CONFLICTS, values, transaction);
  }

  /** @throws ConflictsChangedError */
  async add(people: readonly Person[], transaction: EntityManager): Promise<void> {
    const rows = [JSON.stringify(people)];
    const users = await this.statements.run(sql.INSERT_USERS, rows, transaction);
    if (users.length < people.length) throw new ConflictsChangedError();
    const identities = await this.statements.run(sql.INSERT_IDENTITIES, rows, transaction);
    const named = people.reduce((sum, person) => sum + person.identities.length, 0);
    if (identities.length < named) throw new ConflictsChangedError();
    // After the insertion, which waits for a change of address that is being committed.
    const emails = people.map(({ email }) => email);
    const values = [emails, this.clock.offsetMs];
    const reserved = await this.statements.run(sql.FIND_RESERVED, values, transaction);
    if (reserved.length > 0) throw new ConflictsChangedError();
  }

  /** Begins a dry run, which is one transaction. */
  async makeSeen(transaction: EntityManager): Promise<void> {
    await this.statements.run(sql.MAKE_SEEN, [], transaction);
  }

  /** What earlier lines of a dry run have that candidates claim. */
  async findSeen(
    candidates: readonly Candidate[],
    transaction: EntityManager,
  ): Promise<Conflict[]> {
    const claims = [JSON.stringify(candidates.flatMap(claimsOf))];
    return this.statements.run<Conflict>(sql.FIND_SEEN, claims, transaction);
  }

  async addSeen(accepted: readonly Candidate[], transaction: EntityManager): Promise<void> {
    const claims = [JSON.stringify(accepted.flatMap(claimsOf))];
    await this.statements.run(sql.ADD_SEEN, claims, transaction);
  }
}
