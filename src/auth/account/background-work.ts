import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { BoundedQueue } from '../../platform/bounded-queue/index.js';
import { Problem } from '../../platform/errors/index.js';

/** Few at once, so that a flood of requests leaves the database's connections to others. */
const QUEUE_LIMITS = { atOnce: 2, waiting: 1000 };

const RETRY_AFTER_SECONDS = 5;

/**
 * Work that is done after the response, so that the time of the response does not depend on what
 * there is to do. The process does not end before it is done.
 */
@Injectable()
export class BackgroundWork implements OnApplicationShutdown {
  private readonly logger = new Logger('BackgroundWork');
  private readonly queue = new BoundedQueue(QUEUE_LIMITS);
  private readonly running = new Set<Promise<void>>();

  /** @throws Problem `service_unavailable` if too much is waiting, whatever this work is */
  begin(what: string, work: () => Promise<void>): void {
    if (this.queue.waitingCount >= QUEUE_LIMITS.waiting)
      throw new Problem('service_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    const done: Promise<void> = this.queue
      .run(work)
      .catch((error: unknown) =>
        this.logger.warn({ err: error, what }, 'Work after a response has failed.'),
      )
      .finally(() => this.running.delete(done));
    this.running.add(done);
  }

  /** Resolves when all work that has begun is done. */
  async settle(): Promise<void> {
    await Promise.all(this.running);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.settle();
  }
}
