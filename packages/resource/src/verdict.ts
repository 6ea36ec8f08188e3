/**
 * What is known of an access token:
 *
 * - `good`: it is genuine and in time, and its session is live;
 * - `expired`: it was good; the client gets a new one by a refresh. Also after a change of password
 *   or of roles, which makes older tokens void;
 * - `invalid`: it is no access token of this issuer for this audience;
 * - `ended`: its session is over;
 * - `unknown`: nothing can be said just now. Respond with 503, never with 401, or clients would sign
 *   their users out because a server was ill.
 */
export type Verdict =
  | GoodToken
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'unknown'; readonly retryAfterSeconds: number };

/**
 * A good token, and what it says of its user and session. Times are in epoch seconds. All requests
 * with the same token share the object, so it is frozen.
 */
export interface GoodToken {
  readonly kind: 'good';
  readonly userId: string;
  readonly sessionId: string;
  /** When the token expires. */
  readonly expiresAt: number;
  /** When the user last proved who they are. */
  readonly authenticatedAt: number;
  /** How the user has proved who they are (RFC 8176); empty if the token does not say. */
  readonly amr: readonly string[];
  /** Of the user, when the token was issued. A token with older roles is no longer accepted. */
  readonly roles: readonly string[];
  /**
   * The thumbprint (RFC 7638) of the key that the session is bound to, as the claim `cnf.jkt` has
   * it; absent if it is bound to none. No proof of this key has been checked.
   */
  readonly keyThumbprint?: string;
  /** What the claims hooks of the server's team have added; frozen. */
  readonly claims: Readonly<Record<string, unknown>>;
}
