/**
 * What another clock said when it was asked. `askedAtMs` and `answeredAtMs` are by the monotonic
 * clock of this process (`performance.now()`), between them it looked at its own.
 */
export interface ClockReading {
  /** In epoch milliseconds. */
  readonly nowMs: number;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

/** Ties the monotonic clock of this process to the time of another clock. */
export interface Anchor {
  /** What the other clock said, or would have said, when the monotonic one stood at 0. */
  readonly zeroAtMs: number;
  /** By how much that may be wrong. */
  readonly errorMs: number;
  /** Since when (monotonic) the two clocks have drifted apart. */
  readonly knownAtMs: number;
}

/** The database tells whole milliseconds. */
const RESOLUTION_MS = 1;

/**
 * By how much two clocks drift apart at most: a time server makes each of them up to 500 ppm faster
 * or slower.
 */
const DRIFT_PER_MS = 0.001;

/** The other clock is taken to have looked at its time in the middle between question and answer. */
export function anchorOf({ nowMs, askedAtMs, answeredAtMs }: ClockReading): Anchor {
  return {
    zeroAtMs: nowMs - (askedAtMs + answeredAtMs) / 2,
    errorMs: (answeredAtMs - askedAtMs) / 2 + RESOLUTION_MS,
    knownAtMs: answeredAtMs,
  };
}

/**
 * Whether a new anchor is to replace the one at hand: where it is at least as exact, after what the
 * older one may have drifted; and where the two contradict each other, since then one of the clocks
 * has jumped, or has stood still while its machine slept.
 */
export function isToFollow(held: Anchor, measured: Anchor): boolean {
  const heldErrorMs = held.errorMs + (measured.knownAtMs - held.knownAtMs) * DRIFT_PER_MS;
  const contradict = Math.abs(measured.zeroAtMs - held.zeroAtMs) > heldErrorMs + measured.errorMs;
  return contradict || measured.errorMs <= heldErrorMs;
}
