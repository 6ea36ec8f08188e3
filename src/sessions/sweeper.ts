import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SessionStore } from './persistence/session.store.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import { RevocationStore } from './revocation/revocation.store.js';

/** Small enough that a batch holds its locks for milliseconds. */
const BATCH_ROWS = 1000;

/** Deletes what nobody can ask for any more: dead sessions and expired revocations, in batches, by one instance at a time. */
@Injectable()
export class Sweeper {
  private readonly logger = new Logger('Sweeper');

  constructor(
    private readonly sessions: SessionStore,
    private readonly revocations: RevocationStore,
    private readonly feed: RevocationFeed,
  ) {}

  @Cron(CronExpression.EVERY_10_MINUTES)
  async sweep(): Promise<void> {
    this.feed.forgetExpired();
    try {
      while ((await this.sessions.deleteDead(BATCH_ROWS)) === BATCH_ROWS);
      while ((await this.revocations.deleteExpired(BATCH_ROWS)) === BATCH_ROWS);
    } catch (error) {
      this.logger.warn({ err: error }, 'Dead rows were not deleted; the next run tries again.');
    }
  }
}
