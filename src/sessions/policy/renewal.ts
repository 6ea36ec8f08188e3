/**
 * What a renewal of an access token is decided on. Instants are epoch seconds by the instance's
 * clock.
 */
export interface RenewalRequest {
  /** The token at hand. */
  readonly expiresAt: number;
  readonly now: number;
  /** Until its session expires. */
  readonly remainingSeconds: number;
  /** Since the session's last login or refresh. */
  readonly sinceLastUseSeconds: number;
}

export interface RenewalPolicy {
  readonly accessSeconds: number;
  /** A token is renewed when it has less than this left. */
  readonly renewBelowSeconds: number;
  /**
   * Renewals alone carry a session this far: only the refresh token moves that limit, so a stolen
   * access token cannot live for ever.
   */
  readonly autoRenewMaxSeconds: number;
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
 * When the renewed token expires (epoch seconds), never past its session; undefined where that is
 * no later than the one at hand.
 */
export function renewedExpiresAt(
  request: RenewalRequest,
  policy: RenewalPolicy,
): number | undefined {
  const { expiresAt, now, remainingSeconds, sinceLastUseSeconds } = request;
  const longestSeconds = Math.min(
    policy.accessSeconds,
    remainingSeconds,
    policy.autoRenewMaxSeconds - sinceLastUseSeconds,
  );
  const renewedAt = Math.floor(now + longestSeconds);
  return renewedAt > expiresAt ? renewedAt : undefined;
}
