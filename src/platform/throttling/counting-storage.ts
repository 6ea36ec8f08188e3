import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Counters } from './counters.js';

/**
 * Counts for `@nestjs/throttler`: what comes beyond the limit waits for the end of the window, and
 * does not prolong it.
 */
export class CountingStorage implements ThrottlerStorage {
  constructor(private readonly counters: Counters) {}

  async increment(
    key: string,
    windowMs: number,
    limit: number,
    _blockMs: number,
    limitName: string,
  ) {
    const { count, msLeft } = await this.counters.hit(counterOf(limitName, key), windowMs);
    const secondsLeft = Math.ceil(msLeft / 1000);
    return {
      totalHits: count,
      timeToExpire: secondsLeft,
      isBlocked: count > limit,
      timeToBlockExpire: secondsLeft,
    };
  }

  /** What is left of the window in seconds, where the limit is used up already; counts nothing. */
  async secondsUntilRoom(key: string, limit: number, limitName: string): Promise<number> {
    const { count, msLeft } = await this.counters.read(counterOf(limitName, key));
    return count < limit ? 0 : Math.ceil(msLeft / 1000);
  }
}

function counterOf(limitName: string, key: string): string {
  return `${limitName}:${key}`;
}
