/**
 * True if a token's `exp` (epoch seconds) is further in the past than the clock tolerance. A value
 * that is not a number counts as expired.
 */
export function isPastExpiry(
  { expiresAt }: { expiresAt: number },
  nowMs: number,
  { clockToleranceSeconds }: { clockToleranceSeconds: number },
): boolean {
  return !(nowMs < (expiresAt + clockToleranceSeconds) * 1000);
}

/** Whole seconds until a token's `exp` (epoch seconds); 0 if it has passed. */
export function secondsLeft({ expiresAt }: { expiresAt: number }, nowMs: number): number {
  return Math.max(0, Math.floor(expiresAt - nowMs / 1000));
}

/**
 * True if a token's `iat` (epoch seconds) is further in the future than the clock tolerance.
 */
export function isFromTheFuture(
  { issuedAt }: { issuedAt: number },
  nowMs: number,
  { clockToleranceSeconds }: { clockToleranceSeconds: number },
): boolean {
  return issuedAt - clockToleranceSeconds > nowMs / 1000;
}

/**
 * True if the user proved who they are (`auth_time`, epoch seconds) no longer than `maxAgeSeconds`
 * ago, or longer by less than the clock tolerance. A value that is not a number is not recent.
 */
export function isRecent(
  { authenticatedAt }: { authenticatedAt: number },
  maxAgeSeconds: number,
  nowMs: number,
  { clockToleranceSeconds }: { clockToleranceSeconds: number },
): boolean {
  return nowMs < (authenticatedAt + maxAgeSeconds + clockToleranceSeconds) * 1000;
}
