import { Injectable } from '@nestjs/common';
import { anchorOf, mustReplace, type Anchor, type ClockReading } from './anchor.js';
import { Stopwatch } from './stopwatch.js';

/**
 * The only source of time, so that all instances agree and tests can move it. Inject this class.
 *
 * It follows the database's clock: the last reading of it, plus the time since then by this
 * process's monotonic clock. Changes of the system clock have no effect.
 */
@Injectable()
export class Clock {
  /** An offset that a test adds to the time, here and in the database; 0 outside tests. */
  readonly offsetMs: number = 0;

  private anchor: Anchor | undefined;
  private lastReading: Stopwatch | undefined;

  /**
   * Now, in whole epoch milliseconds, by the database's clock. Before the first reading, which is
   * taken before the application listens, by the system clock.
   */
  nowMs(): number {
    return Math.floor(this.referenceMs()) + this.offsetMs;
  }

  /**
   * Milliseconds since a fixed moment in the past, for expiry within this process. It never jumps,
   * even if the database's clock does. It may stop while the machine sleeps.
   */
  monotonicMs(): number {
    return performance.now() + this.offsetMs;
  }

  /** How far the system clock is ahead of the database's clock. */
  get systemAheadMs(): number {
    return Date.now() - this.referenceMs();
  }

  /** The age of the last reading of the database's clock; infinite before the first one. */
  get readingAgeMs(): number {
    return this.lastReading?.elapsedMs() ?? Infinity;
  }

  /**
   * Takes a reading of the database's clock, unless the held one is more exact.
   *
   * @param reading without `offsetMs`
   * @returns by how many milliseconds the time has moved; 0 for the first reading
   */
  follow(reading: ClockReading): number {
    const [held, measured] = [this.anchor, anchorOf(reading)];
    this.lastReading = new Stopwatch();
    if (held && !mustReplace(held, measured)) return 0;
    this.anchor = measured;
    return held ? measured.zeroAtMs - held.zeroAtMs : 0;
  }

  private referenceMs(): number {
    return this.anchor ? this.anchor.zeroAtMs + performance.now() : Date.now();
  }
}
