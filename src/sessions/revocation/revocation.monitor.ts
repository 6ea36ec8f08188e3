import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Readiness } from '../../platform/readiness/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { RevocationFeed, type FeedState } from './revocation-feed.js';

const STATES: readonly FeedState[] = ['loading', 'live', 'stale'];

/** Shows operators how the feed is doing, and keeps requests away until it has loaded. */
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
      help: '1 for the state that the feed of revocations is in. Unless it is live, every request asks the database.',
      labelNames: ['state'],
      registers: [this.metrics.registry],
      collect() {
        for (const state of STATES) this.set({ state }, feed.state === state ? 1 : 0);
      },
    });
    new Gauge({
      name: 'evergreen_revocation_feed_lag_seconds',
      help: 'Time since it was proved last that no revocation is missing; infinite until the feed has loaded.',
      registers: [this.metrics.registry],
      collect() {
        this.set(feed.lagMs / 1000);
      },
    });
    new Gauge({
      name: 'evergreen_revocations_in_memory',
      help: 'Sessions whose access tokens are refused from memory.',
      registers: [this.metrics.registry],
      collect() {
        this.set(feed.size);
      },
    });
  }
}
