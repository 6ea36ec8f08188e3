import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** A correction of the clock by less than this keeps the order of ids. */
const KEPT_IN_ORDER_MS = 1000;

/**
 * Ids of events, UUID v7, in the order of the events: lists and the clean-up sort by them. The
 * caller passes the time. The library would use the calendar of the machine, and would keep the
 * latest time of it after the calendar is corrected.
 */
export class EventIds {
  private latestMs = -Infinity;
  private sequence = 0;

  /**
   * An id greater than all earlier ones of this process, unless the time is set back by a second or
   * more (RFC 9562, section 6.2).
   */
  next(nowMs: number): string {
    if (nowMs <= this.latestMs && nowMs > this.latestMs - KEPT_IN_ORDER_MS) this.sequence += 1;
    else [this.latestMs, this.sequence] = [nowMs, randomBytes(4).readUInt32BE() >>> 1];
    return v7({ msecs: this.latestMs, seq: this.sequence });
  }
}
