import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Statements } from '../../platform/database/index.js';
import {
  DELETE_EXPIRED_REVOCATIONS,
  LIST_LISTENERS,
  MEASURE_REVOCATIONS,
} from './revocation.statements.js';

/** What the database knows of the blacklist and of those who follow it. */
export interface RevocationReport {
  /** Rows that live. */
  readonly size: number;
  /** When a session was revoked last; null where none is remembered. */
  readonly newestAt: Date | null;
  readonly listeners: readonly Listener[];
}

/** An instance that listens. */
interface Listener {
  /** Null where it is connected by a socket of the same machine. */
  readonly address: string | null;
  readonly connectedAt: Date;
  /** Since its last heartbeat: above 4 it is stale. Null where this role may not see it. */
  readonly silentSeconds: number | null;
}

/**
 * The table `revocations`, as far as it is not written by the statements that revoke, or read by
 * the feed.
 */
@Injectable()
export class RevocationStore {
  constructor(
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  async report(): Promise<RevocationReport> {
    const [measured] = await this.statements.run<Omit<RevocationReport, 'listeners'>>(
      MEASURE_REVOCATIONS,
      [this.clock.offsetMs],
    );
    const listeners = await this.statements.run<Listener>(LIST_LISTENERS, []);
    return { size: measured?.size ?? 0, newestAt: measured?.newestAt ?? null, listeners };
  }

  /** Deletes at most `limit` rows whose access tokens have all expired; returns how many. */
  async deleteExpired(limit: number): Promise<number> {
    return (await this.statements.run(DELETE_EXPIRED_REVOCATIONS, [this.clock.offsetMs, limit]))
      .length;
  }
}
