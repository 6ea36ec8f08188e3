import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SessionStore } from './persistence/session.store.js';

/** Small enough that a batch holds its locks for milliseconds. */
const BATCH_ROWS = 1000;

/** Deletes the rows of sessions that have been over for a day, in batches, by one instance at a time. */
@Injectable()
export class DeadSessionSweeper {
  private readonly logger = new Logger('DeadSessionSweeper');

  constructor(private readonly store: SessionStore) {}

  @Cron(CronExpression.EVERY_10_MINUTES)
  async sweep(): Promise<void> {
    try {
      while ((await this.store.deleteDead(BATCH_ROWS)) === BATCH_ROWS);
    } catch (error) {
      this.logger.warn({ err: error }, 'Dead sessions were not deleted; the next run tries again.');
    }
  }
}
