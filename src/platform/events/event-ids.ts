import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** A clock that is set back by less than this is taken for one that was corrected a little. */
const KEPT_IN_ORDER_MS = 1000;

/**
 * Ids of events, UUID v7, whose order is that of the events: lists and the clean-up go by it. The
 * time in them is the caller's. The library's own goes by the calendar of the machine, and once
 * that has been ahead, stays ahead.
 */
export class EventIds {
  private latestMs = -Infinity;
  private sequence = 0;

  /**
   * Above all earlier ones of this process, unless the time is set back (RFC 9562, section 6.2).
   */
  next(nowMs: number): string {
    if (nowMs <= this.latestMs && nowMs > this.latestMs - KEPT_IN_ORDER_MS) this.sequence += 1;
    else [this.latestMs, this.sequence] = [nowMs, randomBytes(4).readUInt32BE() >>> 1];
    return v7({ msecs: this.latestMs, seq: this.sequence });
  }
}
