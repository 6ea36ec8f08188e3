/**
 * A provider's name for people: `my-company` is `My Company`. The one that is configured by
 * variables is called `oidc` unless it is named.
 */
export function providerTitle(name: string): string {
  if (name === 'oidc') return 'OpenID Connect';
  const words = name.split('-').filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}

/** An issuer for people: the host of its URL, or what else it is. */
export function issuerTitle(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host || issuer : issuer;
}
