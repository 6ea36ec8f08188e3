/** What is known when somebody comes back from a login provider. */
export interface LinkingFacts {
  /** The user that this identity of the provider is linked to. */
  readonly linkedUserId: string | undefined;
  /** The address that the provider tells, if any. */
  readonly address: string | undefined;
  /** The provider says that it has verified the address. */
  readonly isVerifiedThere: boolean;
  /** The provider's word about addresses is trusted, by the team's configuration. */
  readonly isIssuerListed: boolean;
  /** Our user with that address. */
  readonly addressOwner: { readonly id: string; readonly emailVerified: boolean } | undefined;
}

export type LinkingDecision =
  | { readonly kind: 'sign_in'; readonly userId: string }
  | { readonly kind: 'link'; readonly userId: string }
  | { readonly kind: 'create'; readonly address: string; readonly isVerified: boolean }
  | { readonly kind: 'refuse'; readonly code: 'identity_not_linked' | 'identity_without_address' };

/**
 * Decides which user somebody is who comes back from a login provider.
 *
 * A linked identity decides alone, whatever its address is by now: providers give addresses of
 * people who have left to others. An address alone never decides, since many providers let their
 * users claim any: an account is linked by it only if both sides have verified it and the team
 * trusts this issuer. Ours must be verified, too, or somebody could register with another's address
 * first, and keep a password to the account that its owner then uses.
 */
export function decideLinking(facts: LinkingFacts): LinkingDecision {
  const { linkedUserId, address, isVerifiedThere, isIssuerListed, addressOwner } = facts;
  if (linkedUserId !== undefined) return { kind: 'sign_in', userId: linkedUserId };
  if (address === undefined) return { kind: 'refuse', code: 'identity_without_address' };
  const isTrusted = isVerifiedThere && isIssuerListed;
  if (!addressOwner) return { kind: 'create', address, isVerified: isTrusted };
  if (isTrusted && addressOwner.emailVerified) return { kind: 'link', userId: addressOwner.id };
  return { kind: 'refuse', code: 'identity_not_linked' };
}
