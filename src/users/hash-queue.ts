import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Config } from '../platform/config/index.js';
import { Problem } from '../platform/errors/index.js';
import { BoundedQueue, QueueFullError } from '../platform/bounded-queue/index.js';
import { Metrics } from '../platform/metrics/index.js';
import { networkOf } from '../platform/throttling/index.js';

/**
 * How many hashes may wait for each running one: a few seconds of work (3.4 s at cost 12, with 170
 * ms for a hash).
 */
const WAITING_PER_RUNNING = 20;

/** The time in which a full queue is processed. */
const RETRY_AFTER_SECONDS = 4;

/**
 * The queue of password hashes. Each hash occupies a thread of libuv's pool and a processor.
 * Without a limit, many logins at once would block everything else: DNS and file operations use the
 * same pool, and requests need processors. Networks take turns, so an attacker who guesses all the
 * time does not delay users of other networks.
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
      help: 'Password hashes that were rejected with 503, because too many were waiting.',
      registers: [metrics.registry],
    });
    new Gauge({
      name: 'evergreen_password_hashes',
      help: 'Password hashes, running and waiting.',
      labelNames: ['state'],
      registers: [metrics.registry],
      collect() {
        this.set({ state: 'running' }, queue.runningCount);
        this.set({ state: 'waiting' }, queue.waitingCount);
      },
    });
  }

  /**
   * @param ip of the client
   * @throws Problem `service_unavailable` if too many are waiting to finish in time
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
 * One thread is left for other work. More hashes than processors would not finish sooner, and would
 * slow down requests.
 */
export function hashesAtOnce(threads: number, processors: number): number {
  return Math.max(1, Math.min(threads - 1, processors));
}
