import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Config } from '../platform/config/index.js';
import { Problem } from '../platform/errors/index.js';
import { BoundedQueue, QueueFullError } from '../platform/bounded-queue/index.js';
import { Metrics } from '../platform/metrics/index.js';
import { networkOf } from '../platform/throttling/index.js';

/**
 * Hashes that may wait for each that runs: a few seconds' work (3.4 s at cost 12, where a hash
 * takes 170 ms).
 */
const WAITING_PER_RUNNING = 20;

/** As long as it takes a full queue to be worked off. */
const RETRY_AFTER_SECONDS = 4;

/**
 * Where password hashes queue up. Each occupies a thread of libuv's pool and a processor for as
 * long as it takes, so a storm of logins would starve everything else: host names and files are
 * looked up in the same pool, and requests need a processor, too. Networks take turns, so whoever
 * guesses all the time keeps nobody in another network waiting.
 */
@Injectable()
export class HashQueue {
  private readonly queue: BoundedQueue;
  private readonly refused: Counter;

  constructor({ passwords }: Config, metrics: Metrics) {
    const atOnce = hashesAtOnce(passwords.threads, availableParallelism());
    const queue = new BoundedQueue({ atOnce, waiting: atOnce * WAITING_PER_RUNNING });
    this.queue = queue;
    this.refused = new Counter({
      name: 'evergreen_password_hashes_refused_total',
      help: 'Password hashes that were refused with 503, because too many waited already.',
      registers: [metrics.registry],
    });
    new Gauge({
      name: 'evergreen_password_hashes',
      help: 'Password hashes that are being computed, and those that wait for it.',
      labelNames: ['state'],
      registers: [metrics.registry],
      collect() {
        this.set({ state: 'running' }, queue.runningCount);
        this.set({ state: 'waiting' }, queue.waitingCount);
      },
    });
  }

  /**
   * @param ip of whom it is done for
   * @throws Problem `service_unavailable`, where more wait already than can be served in time
   */
  async run<Result>(hashing: () => Promise<Result>, ip: string | null = null): Promise<Result> {
    try {
      return await this.queue.run(hashing, ip === null ? '' : networkOf({ ip }));
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error;
      this.refused.inc();
      throw new Problem('service_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
  }
}

/**
 * One thread is left to other work. More hashes than processors would not be done sooner, and would
 * slow requests down.
 */
export function hashesAtOnce(threads: number, processors: number): number {
  return Math.max(1, Math.min(threads - 1, processors));
}
