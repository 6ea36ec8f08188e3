import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Statements } from '../../platform/database/index.js';
import type { ProofPurpose, StoredProof } from './proof.js';
import * as sql from './proof.statements.js';

/** A proof to add. */
export interface NewProof extends StoredProof {
  readonly tokenHash: Buffer;
  readonly lifetimeSeconds: number;
  /** At most so many are added in an hour for one address and purpose; null for no limit. */
  readonly anHour: number | null;
}

/** Whose proofs a code may be of. */
export type CodeOwner =
  { readonly id: string } | { readonly address: string } | { readonly userId: string };

/** The table `proofs`. Every write is one statement, so instances may race. */
@Injectable()
export class ProofStore {
  constructor(
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  /** False if the limit is reached. */
  async add(proof: NewProof, transaction: EntityManager): Promise<boolean> {
    const { id, purpose, userId, address, tokenHash, codeHash, browser } = proof;
    const row = [id, purpose, userId, address, tokenHash, codeHash, browser];
    const values = [...row, proof.lifetimeSeconds, proof.anHour, this.clock.offsetMs];
    return (await this.statements.run(sql.ADD_PROOF, values, transaction)).length === 1;
  }

  /** How long to wait, in milliseconds, after the limit of an hour is reached. */
  async waitMs(address: string, purpose: ProofPurpose): Promise<number> {
    const values = [address, purpose, this.clock.offsetMs];
    const [row] = await this.statements.run<{ waitMs: number | null }>(sql.READ_WAIT, values);
    return row?.waitMs ?? 0;
  }

  /** The live proof with this token. */
  async findByToken(
    tokenHash: Buffer,
    purposes: readonly ProofPurpose[],
  ): Promise<StoredProof | undefined> {
    const values = [tokenHash, purposes, this.clock.offsetMs];
    const [found] = await this.statements.run<StoredProof>(sql.FIND_BY_TOKEN, values);
    return found;
  }

  /** Counts an attempt to give a code; returns the live proofs for which it was not one too many. */
  async claimAttempt(
    of: CodeOwner,
    purposes: readonly ProofPurpose[],
    maxAttempts: number,
  ): Promise<StoredProof[]> {
    const { statement, value } = claimOf(of);
    const values = [value, purposes, this.clock.offsetMs, maxAttempts];
    return this.statements.run<StoredProof>(statement, values);
  }

  /** True for one caller, if the proof is live. */
  async consume(id: string, transaction: EntityManager): Promise<boolean> {
    const values = [id, this.clock.offsetMs];
    return (await this.statements.run(sql.CONSUME_PROOF, values, transaction)).length === 1;
  }

  async end(
    userId: string,
    purposes: readonly ProofPurpose[],
    transaction: EntityManager,
  ): Promise<void> {
    await this.statements.run(sql.END_PROOFS, [userId, purposes, this.clock.offsetMs], transaction);
  }

  async endAfterUndo(userId: string, usedId: string, transaction: EntityManager): Promise<void> {
    const values = [userId, usedId, this.clock.offsetMs];
    await this.statements.run(sql.END_PROOFS_AFTER_UNDO, values, transaction);
  }

  /** True if the change of another user from this address can still be undone. */
  async isReserved(
    address: string,
    userId: string | null,
    transaction: EntityManager,
  ): Promise<boolean> {
    const values = [address, userId, this.clock.offsetMs];
    return (await this.statements.run(sql.FIND_RESERVATION, values, transaction)).length > 0;
  }

  /** The addresses from which a change of this user can still be undone. */
  async listReserved(userId: string, transaction: EntityManager): Promise<string[]> {
    const values = [userId, this.clock.offsetMs];
    const rows = await this.statements.run<{ address: string }>(
      sql.LIST_RESERVATIONS,
      values,
      transaction,
    );
    return rows.map(({ address }) => address);
  }

  /** Deletes at most `limit` old proofs; returns how many. */
  async deleteOld(limit: number): Promise<number> {
    const values = [this.clock.offsetMs, limit];
    return (await this.statements.run(sql.DELETE_OLD_PROOFS, values)).length;
  }
}

function claimOf(of: CodeOwner) {
  if ('id' in of) return { statement: sql.CLAIM_BY_ID, value: of.id };
  if ('address' in of) return { statement: sql.CLAIM_BY_ADDRESS, value: of.address };
  return { statement: sql.CLAIM_BY_USER, value: of.userId };
}
