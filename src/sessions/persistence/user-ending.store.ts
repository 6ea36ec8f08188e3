import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Statements } from '../../platform/database/index.js';
import type { EndReason } from './session.entity.js';
import * as sql from './user-ending.statements.js';

/** A session that has been named as ended, and lives by its row. */
export interface MarkedSession {
  readonly id: string;
  readonly reason: EndReason;
}

/** What an ending of all sessions of one user needs beside `SessionStore.end`. */
@Injectable()
export class UserEndingStore {
  constructor(
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  /** Whoever ends many sessions of a user does so first: of two, one waits for the other. */
  async lockUser(userId: string, transaction: EntityManager): Promise<void> {
    await this.statements.run(sql.LOCK_USER, [userId], transaction);
  }

  /** The first `limit` sessions of a user in the order of ids, the order in which all are locked. */
  async lockSessions(userId: string, limit: number, transaction: EntityManager): Promise<void> {
    await this.statements.run(sql.LOCK_SESSIONS, [userId, limit], transaction);
  }

  /** Names all sessions of the user but `keptId` as ended; their rows are to follow. */
  async markEnded(
    userId: string,
    keptId: string | undefined,
    reason: EndReason,
    transaction: EntityManager,
  ): Promise<void> {
    const values = [userId, reason, keptId ?? null, this.clock.offsetMs];
    await this.statements.run(sql.MARK_ENDED, values, transaction);
  }

  /** Sessions of the user that have been named as ended and live by their rows, after an id. */
  async listMarked(userId: string, afterId: string, limit: number): Promise<MarkedSession[]> {
    return this.statements.run(sql.LIST_MARKED, [userId, afterId, limit, this.clock.offsetMs]);
  }

  /** Users of whose sessions some are to follow that have been named as ended a while ago. */
  async listUnfinished(): Promise<string[]> {
    const rows = await this.statements.run<{ userId: string }>(sql.LIST_UNFINISHED, [
      this.clock.offsetMs,
    ]);
    return rows.map(({ userId }) => userId);
  }

  /** Does nothing where some are still to follow. */
  async finishEnding(userId: string): Promise<void> {
    await this.statements.run(sql.FINISH_ENDING, [userId, this.clock.offsetMs]);
  }
}
