import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Counters, Window } from './counters.js';

/** A limit, and what one request counts by. */
export interface CountedLimit {
  readonly name: string;
  readonly countedBy: string;
  readonly windowMs: number;
  readonly limit: number;
}

/** A limit that is reached. */
export interface FullLimit {
  readonly name: string;
  /** Time until its window ends. */
  readonly msLeft: number;
}

/**
 * Counts for `@nestjs/throttler`. A request beyond the limit must wait until the window ends, and
 * does not make the window longer.
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
    const { count, msLeft } = await this.counters.hit(counterKey(limitName, key), windowMs);
    const secondsLeft = Math.ceil(msLeft / 1000);
    return {
      totalHits: count,
      timeToExpire: secondsLeft,
      isBlocked: count > limit,
      timeToBlockExpire: secondsLeft,
    };
  }

  /**
   * Counts one request for each of these limits if none of them is reached, and otherwise for none:
   * a rejected request must not use memory, or a flood could push out the counts of others. Returns
   * the first limit that is reached.
   */
  async admit(limits: readonly CountedLimit[]): Promise<FullLimit | undefined> {
    const full = await this.counters.admit(limits.map(windowOf));
    const limit = full && limits[full.index];
    return limit && { name: limit.name, msLeft: full.msLeft };
  }

  /** Subtracts one request that was admitted. */
  async takeBack(limits: readonly CountedLimit[]): Promise<void> {
    await this.counters.takeBack(limits.map(windowOf));
  }
}

function windowOf({ name, countedBy, windowMs, limit }: CountedLimit): Window {
  return { key: counterKey(name, countedBy), windowMs, limit };
}

function counterKey(limitName: string, key: string): string {
  return `${limitName}:${key}`;
}
