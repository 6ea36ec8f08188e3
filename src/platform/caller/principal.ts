/**
 * The user and session of a request's access token. Times are in epoch seconds. `Claims` is the type
 * of what a team's `ClaimsHook` returns.
 */
export interface Principal<Claims extends object = Readonly<Record<string, unknown>>> {
  readonly userId: string;
  readonly sessionId: string;
  /** Raised by a change of password and a new proof; tokens of an older epoch are void. */
  readonly epoch: number;
  readonly expiresAt: number;
  /** When the token was issued. */
  readonly issuedAt?: number;
  /**
   * The thumbprint (RFC 7638) of the key that the session is bound to; undefined if it is bound to
   * none.
   */
  readonly keyThumbprint?: string | undefined;
  /** How the user has proved who they are (RFC 8176), of an access token. */
  readonly amr?: readonly string[];
  /** Of the user, when the token was issued. A token with older roles is no longer accepted. */
  readonly roles: readonly string[];
  /** What the claims hooks of a team have added; frozen. */
  readonly claims: Claims;
}

/** Who makes a request, or sent a message: what `@CurrentUser()` is. */
export interface CallingUser<Claims extends object = Readonly<Record<string, unknown>>> {
  readonly id: string;
  readonly roles: readonly string[];
  readonly claims: Claims;
}
