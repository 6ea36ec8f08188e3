import type { Principal } from './tokens/claims.js';

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

/** A good token, and what it says. All requests with the same token share the object. */
export interface GoodToken extends Principal {
  readonly kind: 'good';
}
