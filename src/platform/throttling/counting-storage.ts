import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Counters, Window } from './counters.js';

/** One of several limits that a request is within or not. */
export interface CountedLimit {
  readonly name: string;
  readonly countedBy: string;
  readonly windowMs: number;
  readonly limit: number;
}

/** A limit that is used up. */
export interface FullLimit {
  readonly name: string;
  /** Until its window ends. */
  readonly msLeft: number;
}

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

  /**
   * Counts one for each of these limits where all have room, else for none: whoever is refused
   * leaves no trace that could push out others'. Returns the first one without room.
   */
  async admit(limits: readonly CountedLimit[]): Promise<FullLimit | undefined> {
    const full = await this.counters.admit(limits.map(windowOf));
    const limit = full && limits[full.index];
    return limit && { name: limit.name, msLeft: full.msLeft };
  }

  /** Takes one back that was admitted. */
  async takeBack(limits: readonly CountedLimit[]): Promise<void> {
    await this.counters.takeBack(limits.map(windowOf));
  }
}

function windowOf({ name, countedBy, windowMs, limit }: CountedLimit): Window {
  return { key: counterOf(name, countedBy), lastsMs: windowMs, atMost: limit };
}

function counterOf(limitName: string, key: string): string {
  return `${limitName}:${key}`;
}
