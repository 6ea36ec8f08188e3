import { Injectable } from '@nestjs/common';
import { anchorOf, isToFollow, type Anchor, type ClockReading } from './anchor.js';
import { Stopwatch } from './stopwatch.js';

/**
 * The one source of time, so that all instances have the same, and tests can move it. Inject it by
 * this class.
 *
 * It goes by the database's clock: an instant that was heard from it, and the monotonic clock of
 * this process since then. Whatever happens to the calendar of this machine changes nothing.
 */
@Injectable()
export class Clock {
  /** What a test has added to the time, here and in the database; 0 in real life. */
  readonly offsetMs: number = 0;

  private anchor: Anchor | undefined;
  private heard: Stopwatch | undefined;

  /**
   * Now, in whole epoch milliseconds, by the database's clock; by this machine's calendar until the
   * database was heard for the first time, which is before the application listens.
   */
  nowMs(): number {
    return Math.floor(this.referenceMs()) + this.offsetMs;
  }

  /**
   * Milliseconds since some moment in the past. It never jumps, not even where the database's clock
   * does: for what this process remembers for a while. It may stand still while the machine sleeps.
   */
  monotonicMs(): number {
    return performance.now() + this.offsetMs;
  }

  /** By how much the calendar of this machine is ahead of the database's clock. */
  get systemAheadMs(): number {
    return Date.now() - this.referenceMs();
  }

  /** How long ago the database's clock was heard last; infinite before the first time. */
  get heardAgoMs(): number {
    return this.heard?.elapsedMs() ?? Infinity;
  }

  /**
   * Goes by what the database's clock has said, unless what is known already is more exact.
   *
   * @param reading without `offsetMs`
   * @returns by how many milliseconds that has moved the time; 0 when it was heard first
   */
  follow(reading: ClockReading): number {
    const [held, measured] = [this.anchor, anchorOf(reading)];
    this.heard = new Stopwatch();
    if (held && !isToFollow(held, measured)) return 0;
    this.anchor = measured;
    return held ? measured.zeroAtMs - held.zeroAtMs : 0;
  }

  private referenceMs(): number {
    return this.anchor ? this.anchor.zeroAtMs + performance.now() : Date.now();
  }
}
