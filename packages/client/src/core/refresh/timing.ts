import { AuthError } from '../errors.js';
import type { Retry } from '../record/record.js';

const DEFAULT_MARGIN_SECONDS = 300;

/** A refresh that changes nothing, since a clock is wrong somewhere, is not repeated at once. */
const SHORTEST_INTERVAL_MS = 10_000;

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;

/**
 * The same for somebody who waits. With at least four fifths of it between attempts a browser asks
 * ten times in the first minute of an outage, however many callers it has.
 */
const LONGEST_BACKOFF_OF_A_CALLER_MS = 10_000;

/** A page of maintenance may ask for an hour, and be gone in a minute. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * How long before its end a token is replaced: 5 minutes, or a sixth of its lifetime where that is
 * less.
 *
 * @param jitter 0 to 1, another one in each tab, so that they do not all awake at once
 */
export function marginMs(
  expiresInSeconds: number,
  refreshMarginSeconds: number = DEFAULT_MARGIN_SECONDS,
  jitter = 0,
): number {
  return Math.min(refreshMarginSeconds, expiresInSeconds / 6) * 1000 * (1 - jitter / 4);
}

/** How long after one refresh the next may begin, though the token seems to be near its end. */
export function shortestIntervalMs(expiresInSeconds: number): number {
  return Math.min(SHORTEST_INTERVAL_MS, expiresInSeconds * 500);
}

/**
 * When to try again after one failure more: exponential back-off, and not before the server wants
 * to be asked again. Where nobody waits, full jitter is added, so that clients do not come back all
 * at once (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param now milliseconds since 1970
 * @param random 0 to 1
 */
export function retryAfter(
  { kind, retryAfterSeconds }: AuthError,
  previous: Retry | undefined,
  now: number,
  random: number,
): Retry {
  const failures = (previous?.failures ?? 0) + 1;
  const backoffMs = FIRST_BACKOFF_MS * 2 ** (failures - 1);
  const notBefore =
    now +
    Math.max(
      Math.min(LONGEST_RETRY_AFTER_MS, retryAfterSeconds * 1000),
      (0.8 + random / 5) * Math.min(LONGEST_BACKOFF_OF_A_CALLER_MS, backoffMs),
    );
  const at = notBefore + random * Math.min(LONGEST_BACKOFF_MS, backoffMs);
  return { failures, kind, notBefore, at };
}

/** Nothing has failed, but it is not tried again for a while, unless somebody waits for it. */
export function pause(now: number, milliseconds: number): Retry {
  return { failures: 0, notBefore: now, at: now + milliseconds };
}

/**
 * Milliseconds until `instant`; none where it is further away than any wait is long, because the
 * calendar has been set back since.
 */
export function waitMs(instant: number | undefined, now: number): number {
  const milliseconds = (instant ?? 0) - now;
  return milliseconds > 0 && milliseconds <= LONGEST_RETRY_AFTER_MS + LONGEST_BACKOFF_MS
    ? milliseconds
    : 0;
}

/** What a caller is told while nobody may ask the server; nothing where anybody may. */
export function degradedError(retry: Retry | undefined, now: number): AuthError | undefined {
  const retryAfterSeconds = waitMs(retry?.notBefore, now) / 1000;
  if (!retry?.kind || !retryAfterSeconds) return undefined;
  return new AuthError(retry.kind, 'degraded', { retryAfterSeconds });
}
