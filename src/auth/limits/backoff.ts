import type { Tally } from '../../platform/throttling/index.js';

const FIRST_WAIT_MS = 60_000;

/**
 * Long enough to make guessing pointless, short enough for somebody who has remembered their
 * password at last.
 */
const LONGEST_WAIT_MS = 15 * 60_000;

/** How long after the last failure all of them are forgotten. */
export const FAILURES_KEPT_MS = 60 * 60_000;

/**
 * How long to wait after so many failures in a row: a minute for the first one that is not free,
 * and twice as long for each further one.
 */
export function waitMs(failures: number, freeFailures: number): number {
  if (failures <= freeFailures) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - freeFailures - 1), LONGEST_WAIT_MS);
}

/** What is left of the wait, for failures that are kept for `FAILURES_KEPT_MS` after the last. */
export function waitLeftMs({ count, msLeft }: Tally, freeFailures: number): number {
  const sinceLastMs = FAILURES_KEPT_MS - msLeft;
  return Math.max(0, waitMs(count, freeFailures) - sinceLastMs);
}
