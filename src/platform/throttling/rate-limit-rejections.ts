import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Problem } from '../errors/index.js';
import { Metrics } from '../metrics/index.js';

/**
 * Rejects requests that are beyond a limit. The client is told only when to try again; a metric
 * tells operators which limit it was.
 */
@Injectable()
export class RateLimitRejections {
  private readonly counter: Counter<'limit'>;

  constructor(metrics: Metrics) {
    this.counter = new Counter({
      name: 'evergreen_rate_limited_requests_total',
      help: 'Requests that were rejected with 429, by the limit that they exceeded.',
      labelNames: ['limit'],
      registers: [metrics.registry],
    });
  }

  /** Prometheus sees an increase only of a counter that exists, so each limit starts at zero. */
  announce(limit: string): void {
    this.counter.inc({ limit }, 0);
  }

  /** @throws Problem `rate_limited`, with `msLeft` in whole seconds, rounded up, at least one */
  rejectRateLimited(limit: string, msLeft: number): never {
    this.counter.inc({ limit });
    throw new Problem('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(msLeft / 1000)) });
  }
}
