import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { Clock } from '../platform/clock/index.js';
import { Config } from '../platform/config/index.js';
import { EventStore } from './event.store.js';

/** Small enough that a batch holds its locks for milliseconds. */
const BATCH_ROWS = 1000;

/** Deletes events that are older than `SECURITY_EVENTS_KEEP_DAYS`, in batches, by one instance at a time. */
@Injectable()
export class EventSweeper {
  private readonly logger = new Logger('EventSweeper');

  constructor(
    private readonly store: EventStore,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  @Cron(CronExpression.EVERY_10_MINUTES)
  async sweep(): Promise<void> {
    const keepFromMs = this.clock.nowMs() - this.config.activity.keepSeconds * 1000;
    try {
      while ((await this.store.deleteBefore(keepFromMs, BATCH_ROWS)) === BATCH_ROWS);
    } catch (error) {
      this.logger.warn({ err: error }, 'Old security events were not deleted; the next run tries again.');
    }
  }
}
