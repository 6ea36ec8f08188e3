import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Statements } from '../../platform/database/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { ANNOUNCE } from './revocation.statements.js';

/**
 * Tells every instance that there are revocations to read, in a statement of its own after they were
 * committed. In the transaction that ends a session, a queue of notices that somebody has filled
 * (SQLSTATE 54000) would make each ending fail. What is not announced, since that failed or this
 * process ended before it, is read at the heartbeat of a second.
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
      help: 'Notices to the other instances that sessions have ended. Where one fails, they know a second later.',
      labelNames: ['result'],
      registers: [registry],
    });
  }

  /** At once, and one at a time: what comes while one is on its way shares the next. */
  announce(): void {
    this.isWanted = true;
    this.announcing ??= this.announceAll().finally(() => (this.announcing = undefined));
  }

  /** While there is still a connection. */
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
          'Other instances were not told at once of sessions that have ended; they read it within a second.',
        );
      this.isFailing = true;
    }
  }
}
