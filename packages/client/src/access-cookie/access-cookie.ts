import type { SignedOutReason } from '../core/index.js';

/**
 * The cookie by which the server of a page learns who is signed in. By the prefix a browser takes
 * it only from this very host, over https and for all paths, so no other host of the site can plant
 * one (RFC 6265bis, section 4.1.3.2).
 */
export const ACCESS_COOKIE = '__Host-evergreen_access';

/** What the cookie says where nobody is signed in. */
const REASONS = {
  none: true,
  signed_out: true,
  expired: true,
  revoked: true,
  reused: true,
  key_lost: true,
} satisfies Record<SignedOutReason, true>;

/** A cookie comes from outside, and may say `constructor`. */
export function isSignedOutReason(word: string): word is SignedOutReason {
  return Object.hasOwn(REASONS, word);
}
