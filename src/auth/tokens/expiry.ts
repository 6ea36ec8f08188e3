/**
 * True where a token's `exp` (epoch seconds) lies further back than clocks may differ. Not being a
 * number means expired.
 */
export function isPastExpiry(
  { expiresAt }: { expiresAt: number },
  nowMs: number,
  { clockToleranceSeconds }: { clockToleranceSeconds: number },
): boolean {
  return !(nowMs < (expiresAt + clockToleranceSeconds) * 1000);
}

/** Whole seconds until a token's `exp` (epoch seconds); 0 where that has passed. */
export function secondsLeft({ expiresAt }: { expiresAt: number }, nowMs: number): number {
  return Math.max(0, Math.floor(expiresAt - nowMs / 1000));
}

/**
 * True where a token's `iat` (epoch seconds) lies further ahead than clocks may differ: nobody has
 * issued it yet.
 */
export function isFromTheFuture(
  { issuedAt }: { issuedAt: number },
  nowMs: number,
  { clockToleranceSeconds }: { clockToleranceSeconds: number },
): boolean {
  return issuedAt - clockToleranceSeconds > nowMs / 1000;
}
