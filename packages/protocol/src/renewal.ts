/**
 * What a renewal of an access token is decided on. Instants are epoch seconds of the database's
 * clock.
 */
export interface RenewalRequest {
  /** The expiry of the current token. */
  readonly expiresAt: number;
  readonly now: number;
  /** Until its session expires. */
  readonly remainingSeconds: number;
  /**
   * The latest expiry by renewal, counted from the login or refresh that the token descends from.
   */
  readonly renewUntil: number;
}

export interface RenewalPolicy {
  readonly accessSeconds: number;
  /** A token is renewed when it has less than this left. */
  readonly renewBelowSeconds: number;
}

/**
 * True if a token expires soon and has not expired. A token that is only accepted because of the
 * clock tolerance has expired.
 */
export function isDueForRenewal(
  expiresAt: number,
  now: number,
  { renewBelowSeconds }: RenewalPolicy,
): boolean {
  return now < expiresAt && expiresAt - now < renewBelowSeconds;
}

/**
 * How far renewals carry a token, counted from its login or refresh, where nobody says otherwise.
 * Renewals carry a client that has no other token over a day, and over a week where its tokens live
 * for a day; a renewal comes near the end of a token, so less than one lifetime would give none.
 */
export function defaultAutoRenewMaxSeconds(accessSeconds: number): number {
  return Math.max(86_400, 7 * accessSeconds);
}

/**
 * The expiry of the renewed token (epoch seconds), at most that of its session and `renewUntil`;
 * undefined if that is not later than the current expiry.
 */
export function renewedExpiresAt(
  { expiresAt, now, remainingSeconds, renewUntil }: RenewalRequest,
  { accessSeconds }: RenewalPolicy,
): number | undefined {
  const renewedAt = Math.floor(
    Math.min(now + Math.min(accessSeconds, remainingSeconds), renewUntil),
  );
  return renewedAt > expiresAt ? renewedAt : undefined;
}
