import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Problem } from '../errors/index.js';
import { Metrics } from '../metrics/index.js';

/**
 * Sends requests away that are beyond a limit. The client learns no more than when to come back;
 * operators learn which limit it was.
 */
@Injectable()
export class Refusals {
  private readonly counter: Counter<'limit'>;

  constructor(metrics: Metrics) {
    this.counter = new Counter({
      name: 'evergreen_rate_limited_requests_total',
      help: 'Requests that were refused with 429, by the limit that they were beyond.',
      labelNames: ['limit'],
      registers: [metrics.registry],
    });
  }

  /** Prometheus sees a counter rise only if it was there before, so limits are named at the start. */
  announce(limit: string): void {
    this.counter.inc({ limit }, 0);
  }

  /** @throws Problem `rate_limited`: to come back after `msLeft`, in whole seconds, at least one */
  refuse(limit: string, msLeft: number): never {
    this.counter.inc({ limit });
    throw new Problem('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(msLeft / 1000)) });
  }
}
