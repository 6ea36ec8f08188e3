/**
 * True only while `nowMs` is before `deadlineMs`. Written this way round so that an invalid date
 * (NaN) means "over".
 */
export function isBefore(nowMs: number, deadlineMs: number): boolean {
  return nowMs < deadlineMs;
}

/**
 * How long one session may live: it slides by `lifetimeSeconds` with every new refresh token, up to
 * the absolute end.
 */
export interface Lifetime {
  readonly lifetimeSeconds: number;
  /** Epoch milliseconds. */
  readonly absoluteExpiresAt: number;
}

/**
 * When a refresh token issued at `issuedAt` expires, and its session with it. All instants are
 * epoch milliseconds.
 */
export function slidingExpiresAt(
  { lifetimeSeconds, absoluteExpiresAt }: Lifetime,
  issuedAt: number,
): number {
  return Math.min(issuedAt + lifetimeSeconds * 1000, absoluteExpiresAt);
}
