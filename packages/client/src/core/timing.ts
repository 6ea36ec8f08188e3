import type { AuthError } from './errors.js';
import type { Retry } from './record.js';

const DEFAULT_MARGIN_SECONDS = 300;

/** A refresh that brings no rest, since a clock is wrong somewhere, is not repeated at once. */
const SHORTEST_INTERVAL_MS = 10_000;

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;

/** A person who waits is not made to wait for the whole of a back-off. */
const LONGEST_BACKOFF_OF_A_PERSON_MS = 1_000;

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
  jitter: number,
): number {
  return Math.min(refreshMarginSeconds, expiresInSeconds / 6) * 1000 * (1 - jitter / 4);
}

/** How long after one refresh the next may begin, though the token seems to be near its end. */
export function shortestIntervalMs(expiresInSeconds: number): number {
  return Math.min(SHORTEST_INTERVAL_MS, expiresInSeconds * 500);
}

/**
 * When to try again after one failure more: exponential back-off with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), and not before the
 * server wants to be asked again.
 */
export function retryAfter(
  failure: AuthError,
  previous: Retry | undefined,
  now: number,
  random: number,
): Retry {
  const failures = (previous?.failures ?? 0) + 1;
  const backoffMs = random * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
  const askedForMs = Math.min(LONGEST_RETRY_AFTER_MS, (failure.retryAfterSeconds ?? 0) * 1000);
  return {
    failures,
    degraded:
      failure.kind === 'network'
        ? 'offline'
        : failure.kind === 'throttled'
          ? 'throttled'
          : 'server',
    notBefore: now + Math.max(askedForMs, Math.min(backoffMs, LONGEST_BACKOFF_OF_A_PERSON_MS)),
    at: now + askedForMs + backoffMs,
  };
}

/** Nothing has failed, but it is not tried again for a while, unless somebody waits for it. */
export function pause(now: number, milliseconds: number = SHORTEST_INTERVAL_MS): Retry {
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
