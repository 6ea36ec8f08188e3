import { Injectable } from '@nestjs/common';
import { Sweeps } from '../platform/database/index.js';
import { Every } from '../platform/jobs/index.js';
import { SessionStore } from './persistence/session.store.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import { RevocationStore } from './revocation/revocation.store.js';

const SWEEP_EVERY_MS = 10 * 60_000;

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

  @Every(SWEEP_EVERY_MS)
  async sweep(): Promise<void> {
    this.feed.forgetExpired();
    await this.sweeps.sweepThrough('sessions', (limit, afterId) =>
      this.sessions.deleteDead(limit, afterId),
    );
    await this.sweeps.sweep('revocations', (limit) => this.revocations.deleteExpired(limit));
  }
}
