/** How long ago a login may be that stands for the password of a user who has none. */
export const FRESH_PROOF_SECONDS = 300;

/** What is known of a request that changes how its user signs in. */
export interface FreshProofFacts {
  readonly hasPassword: boolean;
  /** The `current_password` of the request; without a password, every one is wrong. */
  readonly currentPassword: 'missing' | 'wrong' | 'right';
  /** The user proved who they are at most `FRESH_PROOF_SECONDS` ago. */
  readonly isLoginRecent: boolean;
}

export type FreshProofDecision =
  | { readonly kind: 'proved' }
  | { readonly kind: 'password_missing' }
  | { readonly kind: 'password_wrong' }
  | { readonly kind: 'login_too_old' };

/**
 * Decides whether the user of a request has just proved who they are. A recent login does not stand
 * for a password that there is: a stolen access token may be of one.
 */
export function decideFreshProof({
  hasPassword,
  currentPassword,
  isLoginRecent,
}: FreshProofFacts): FreshProofDecision {
  if (currentPassword === 'wrong') return { kind: 'password_wrong' };
  if (hasPassword) return { kind: currentPassword === 'right' ? 'proved' : 'password_missing' };
  return { kind: isLoginRecent ? 'proved' : 'login_too_old' };
}
