import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Readiness } from '../../platform/readiness/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { RevocationFeed, type FeedState } from './revocation-feed.js';

const STATES: readonly FeedState[] = ['loading', 'live', 'stale'];

/** Metrics of the feed. The instance is not ready until the feed has loaded. */
@Injectable()
export class RevocationMonitor implements OnModuleInit {
  constructor(
    private readonly feed: RevocationFeed,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const { feed } = this;
    this.readiness.register('revocations', () => ({
      isReady: feed.state !== 'loading',
      state: feed.state,
    }));
    new Gauge({
      name: 'evergreen_revocation_feed_state',
      help: '1 for the current state of the revocation feed. Unless it is live, every request asks the database.',
      labelNames: ['state'],
      registers: [this.metrics.registry],
      collect() {
        for (const state of STATES) this.set({ state }, feed.state === state ? 1 : 0);
      },
    });
    new Gauge({
      name: 'evergreen_revocation_feed_lag_seconds',
      help: 'Time since the last complete read of the revocations; infinite until the feed has loaded.',
      registers: [this.metrics.registry],
      collect() {
        this.set(feed.lagMs / 1000);
      },
    });
    new Gauge({
      name: 'evergreen_revocations_in_memory',
      help: 'Sessions whose access tokens are rejected from memory.',
      registers: [this.metrics.registry],
      collect() {
        this.set(feed.size);
      },
    });
  }
}
