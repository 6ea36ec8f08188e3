import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { Sweeps } from '../platform/database/index.js';
import { MailStore } from './mail.store.js';

/** Long enough to find out about a mail that somebody misses, by its `Message-ID`. */
const KEPT_DAYS = 7;

/** Deletes old rows of the outbox; one instance at a time. */
@Injectable()
export class MailSweeper {
  constructor(
    private readonly store: MailStore,
    private readonly sweeps: Sweeps,
  ) {}

  @Cron(CronExpression.EVERY_10_MINUTES)
  async sweep(): Promise<void> {
    await this.sweeps.sweep('mails', (limit) => this.store.deleteOlderThan(KEPT_DAYS, limit));
  }
}
