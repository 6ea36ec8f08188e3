/**
 * What a renewal of an access token is decided on. Instants are epoch seconds by
 * `Clock`, which goes by the database's.
 */
export interface RenewalRequest {
  /** The token at hand. */
  readonly expiresAt: number;
  readonly now: number;
  /** Until its session expires. */
  readonly remainingSeconds: number;
  /** How far renewals may carry it: counted from the login or refresh that it descends from. */
  readonly renewUntil: number;
}

export interface RenewalPolicy {
  readonly accessSeconds: number;
  /** A token is renewed when it has less than this left. */
  readonly renewBelowSeconds: number;
}

/**
 * True for a token near its expiry and not past it. A token that lives by the tolerance for clocks
 * is past it.
 */
export function isDueForRenewal(
  expiresAt: number,
  now: number,
  { renewBelowSeconds }: RenewalPolicy,
): boolean {
  return now < expiresAt && expiresAt - now < renewBelowSeconds;
}

/**
 * When the renewed token expires (epoch seconds): never past its session, nor past what renewals
 * may; undefined where that is no later than the one at hand.
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
