import { Injectable } from '@nestjs/common';
import { Sweeps } from '../platform/database/index.js';
import { Every } from '../platform/jobs/index.js';
import { MailStore } from './mail.store.js';

/** Long enough to find out about a mail that somebody misses, by its `Message-ID`. */
const KEPT_DAYS = 7;

const SWEEP_EVERY_MS = 10 * 60_000;

/** Deletes old rows of the outbox; one instance at a time. */
@Injectable()
export class MailSweeper {
  constructor(
    private readonly store: MailStore,
    private readonly sweeps: Sweeps,
  ) {}

  @Every(SWEEP_EVERY_MS)
  async sweep(): Promise<void> {
    await this.sweeps.sweep('mails', (limit) => this.store.deleteOlderThan(KEPT_DAYS, limit));
  }
}
