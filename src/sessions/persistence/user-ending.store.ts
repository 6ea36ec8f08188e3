import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Statements } from '../../platform/database/index.js';
import type { EndReason } from './session.entity.js';
import * as sql from './user-ending.statements.js';

/** A session that is marked as ended, and whose row is not yet ended. */
export interface MarkedSession {
  readonly id: string;
  readonly reason: EndReason;
}

/** Statements for ending all sessions of one user, in addition to `SessionStore.end`. */
@Injectable()
export class UserEndingStore {
  constructor(
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  /** To be called before many sessions of a user are ended: a second transaction waits. */
  async lockUser(userId: string, transaction: EntityManager): Promise<void> {
    await this.statements.run(sql.LOCK_USER, [userId], transaction);
  }

  /** Locks the first `limit` sessions of a user, in the order of ids as everywhere. */
  async lockSessions(userId: string, limit: number, transaction: EntityManager): Promise<void> {
    await this.statements.run(sql.LOCK_SESSIONS, [userId, limit], transaction);
  }

  /**
   * Marks all sessions of the user except `keptId` as ended; their rows must be ended afterwards.
   */
  async markEnded(
    userId: string,
    keptId: string | undefined,
    reason: EndReason,
    transaction: EntityManager,
  ): Promise<void> {
    const values = [userId, reason, keptId ?? null, this.clock.offsetMs];
    await this.statements.run(sql.MARK_ENDED, values, transaction);
  }

  /** Sessions of the user after an id that are marked as ended, and whose rows are not. */
  async listMarked(userId: string, afterId: string, limit: number): Promise<MarkedSession[]> {
    return this.statements.run(sql.LIST_MARKED, [userId, afterId, limit, this.clock.offsetMs]);
  }

  /** Users with sessions that were marked as ended a while ago, and whose rows are not ended. */
  async listUnfinished(): Promise<string[]> {
    const rows = await this.statements.run<{ userId: string }>(sql.LIST_UNFINISHED, [
      this.clock.offsetMs,
    ]);
    return rows.map(({ userId }) => userId);
  }

  /** Removes the mark; does nothing while marked sessions remain. */
  async finishEnding(userId: string): Promise<void> {
    await this.statements.run(sql.FINISH_ENDING, [userId, this.clock.offsetMs]);
  }
}
