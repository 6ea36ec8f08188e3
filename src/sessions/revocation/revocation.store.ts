import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Statements } from '../../platform/database/index.js';
import {
  DELETE_EXPIRED_REVOCATIONS,
  LIST_LISTENERS,
  MEASURE_REVOCATIONS,
} from './revocation.statements.js';

/** The state of the blacklist and of the instances that follow it. */
export interface RevocationReport {
  /** Live rows. */
  readonly size: number;
  /** When a session was last revoked; null if there is no row. */
  readonly newestAt: Date | null;
  readonly listeners: readonly Listener[];
}

/** An instance that listens. */
interface Listener {
  /** Null if it is connected by a local socket. */
  readonly address: string | null;
  readonly connectedAt: Date;
  /** Since its last heartbeat; above 4 it is stale. Null if this role may not see it. */
  readonly silentSeconds: number | null;
}

/**
 * Reports on the table `revocations`, and deletes expired rows. The statements that end sessions
 * write it, and the feed reads it.
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
