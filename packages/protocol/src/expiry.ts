/**
 * True only while `nowMs` is before `deadlineMs`. With an invalid date (NaN) it is false, which
 * means "expired".
 */
export function isBefore(nowMs: number, deadlineMs: number): boolean {
  return nowMs < deadlineMs;
}

/**
 * The lifetime of a session: every new refresh token extends it to `lifetimeSeconds` from then, up
 * to the absolute end.
 */
export interface Lifetime {
  readonly lifetimeSeconds: number;
  /** Epoch milliseconds. */
  readonly absoluteExpiresAt: number;
}

/**
 * The expiry of a refresh token that is issued at `issuedAt`, and of its session. All instants are
 * epoch milliseconds.
 */
export function slidingExpiresAt(
  { lifetimeSeconds, absoluteExpiresAt }: Lifetime,
  issuedAt: number,
): number {
  return Math.min(issuedAt + lifetimeSeconds * 1000, absoluteExpiresAt);
}
