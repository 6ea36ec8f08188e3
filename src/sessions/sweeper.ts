import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { Sweeps } from '../platform/database/index.js';
import { SessionStore } from './persistence/session.store.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import { RevocationStore } from './revocation/revocation.store.js';

/**
 * Deletes sessions that have ended or expired, and expired revocations; one instance at a time.
 */
@Injectable()
export class Sweeper {
  constructor(
    private readonly sessions: SessionStore,
    private readonly revocations: RevocationStore,
    private readonly feed: RevocationFeed,
    private readonly sweeps: Sweeps,
  ) {}

  @Cron(CronExpression.EVERY_10_MINUTES)
  async sweep(): Promise<void> {
    this.feed.forgetExpired();
    await this.sweeps.sweepThrough('sessions', (limit, afterId) =>
      this.sessions.deleteDead(limit, afterId),
    );
    await this.sweeps.sweep('revocations', (limit) => this.revocations.deleteExpired(limit));
  }
}
