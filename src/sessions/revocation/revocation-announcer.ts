import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Statements } from '../../platform/database/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { ANNOUNCE } from './revocation.statements.js';

/**
 * Notifies every instance that there are revocations to read, in a separate statement after the
 * commit. Within the transaction that ends a session, a full notification queue (SQLSTATE 54000),
 * which anybody who may connect can cause, would make the transaction fail. A revocation without a
 * notice, because this failed or the process ended before it, is read at the next heartbeat, within
 * a second.
 */
@Injectable()
export class RevocationAnnouncer implements BeforeApplicationShutdown {
  private readonly logger = new Logger('RevocationAnnouncer');
  private readonly announcements: Counter<'result'>;
  private isWanted = false;
  private isFailing = false;
  private announcing: Promise<void> | undefined;

  constructor(
    private readonly statements: Statements,
    { registry }: Metrics,
  ) {
    this.announcements = new Counter({
      name: 'evergreen_revocation_announcements_total',
      help: 'Notices to the other instances that sessions have ended. If one fails, they read it a second later.',
      labelNames: ['result'],
      registers: [registry],
    });
  }

  /** Sends a notice at once. Calls during a running notice share the next one. */
  announce(): void {
    this.isWanted = true;
    this.announcing ??= this.announceAll().finally(() => (this.announcing = undefined));
  }

  /** Runs before the connections are closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.announcing;
  }

  private async announceAll(): Promise<void> {
    while (this.isWanted) {
      this.isWanted = false;
      await this.announceOnce();
    }
  }

  private async announceOnce(): Promise<void> {
    try {
      await this.statements.run(ANNOUNCE, []);
      this.announcements.inc({ result: 'done' });
      this.isFailing = false;
    } catch (error) {
      this.announcements.inc({ result: 'failed' });
      if (!this.isFailing)
        this.logger.warn(
          { err: error },
          'Other instances were not notified of ended sessions; they read it within a second.',
        );
      this.isFailing = true;
    }
  }
}
