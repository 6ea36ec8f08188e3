/**
 * A reading of another clock. It was taken between `requestedAtMs` and `respondedAtMs`, which are
 * times of this process's monotonic clock (`performance.now()`).
 */
export interface ClockReading {
  /** In epoch milliseconds. */
  readonly nowMs: number;
  readonly requestedAtMs: number;
  readonly respondedAtMs: number;
}

/** Relates the monotonic clock of this process to another clock. */
export interface Anchor {
  /** The other clock's time when the monotonic clock was 0. */
  readonly zeroAtMs: number;
  /** The largest possible error of `zeroAtMs`. */
  readonly errorMs: number;
  /** When the reading was taken (monotonic); the clocks drift apart from then on. */
  readonly knownAtMs: number;
}

/** The database reports whole milliseconds. */
const RESOLUTION_MS = 1;

/**
 * The largest drift between two clocks: time synchronisation makes each up to 500 ppm faster or
 * slower.
 */
const DRIFT_PER_MS = 0.001;

/** Assumes that the reading was taken in the middle between request and response. */
export function anchorOf({ nowMs, requestedAtMs, respondedAtMs }: ClockReading): Anchor {
  return {
    zeroAtMs: nowMs - (requestedAtMs + respondedAtMs) / 2,
    errorMs: (respondedAtMs - requestedAtMs) / 2 + RESOLUTION_MS,
    knownAtMs: respondedAtMs,
  };
}

/**
 * True if a new anchor must replace the held one: if it is at least as exact, counting the drift of
 * the held one; or if the two contradict each other, since then one of the clocks has jumped, or
 * stopped while its machine slept.
 */
export function mustReplace(held: Anchor, measured: Anchor): boolean {
  const heldErrorMs = held.errorMs + (measured.knownAtMs - held.knownAtMs) * DRIFT_PER_MS;
  const contradict = Math.abs(measured.zeroAtMs - held.zeroAtMs) > heldErrorMs + measured.errorMs;
  return contradict || measured.errorMs <= heldErrorMs;
}
