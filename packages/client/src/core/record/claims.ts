interface Claims {
  readonly sid?: string;
  readonly sub?: string;
  readonly iat?: number;
  readonly exp?: number;
  /** When the user proved who they are. */
  readonly auth_time?: number;
  /** The thumbprint of the key that a session is bound to (RFC 9449, section 6.1). */
  readonly cnf?: { readonly jkt?: string };
  /** Of refresh tokens: the place in the chain. */
  readonly gen?: number;
}

/**
 * What a token says of itself; nothing where it is none. Unverified: good for comparing two of
 * them, never for trust.
 */
export function claimsOf(token = ''): Claims {
  try {
    const [, payload = ''] = token.split('.');
    return Object(JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))) as Claims;
  } catch {
    return {};
  }
}

/** In seconds since 1970 by the server's calendar; 0 where a token does not say. */
export function issuedAt(token: string | undefined): number {
  return claimsOf(token).iat ?? 0;
}
