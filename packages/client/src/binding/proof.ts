import type { Bytes, PublicJwk, SigningKey } from './signing-key.js';

/** A key with what is computed from it once. */
export interface HeldKey {
  readonly key: SigningKey;
  readonly jwk: PublicJwk;
  /** RFC 7638: what `cnf.jkt` of a bound token says. */
  readonly thumbprint: string;
}

/** What a proof says of its request (RFC 9449, section 4.2). */
export interface RequestClaims {
  readonly htm: string;
  /** Without query and fragment. */
  readonly htu: string;
  /** In seconds since 1970. */
  readonly iat: number;
  readonly nonce: string | undefined;
}

/** Computes the thumbprint of a key. */
export async function hold(key: SigningKey): Promise<HeldKey> {
  const { crv, kty, x, y } = key.publicJwk;
  // In the order of RFC 7638, section 3.3.
  const jwk = { crv, kty, x, y };
  return { key, jwk, thumbprint: await hashOf(key, JSON.stringify(jwk)) };
}

/**
 * A proof of possession for one request (RFC 9449, section 4.2).
 *
 * @param token the one in its `Authorization`
 */
export async function proofOf(
  { key, jwk }: HeldKey,
  request: RequestClaims,
  token: string | undefined,
): Promise<string> {
  const claims = {
    ...request,
    // It need not be secret, only unlikely to come twice.
    jti: `${Math.random()}${Math.random()}`,
    ath: token && (await hashOf(key, token)),
  };
  const text = [{ typ: 'dpop+jwt', alg: 'ES256', jwk }, claims]
    .map((part) => base64url(bytesOf(JSON.stringify(part))))
    .join('.');
  return `${text}.${base64url(await key.sign(bytesOf(text)))}`;
}

async function hashOf(key: SigningKey, text: string): Promise<string> {
  const bytes = bytesOf(text);
  return base64url(await (key.sha256 ? key.sha256(bytes) : crypto.subtle.digest('SHA-256', bytes)));
}

function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function base64url(bytes: ArrayBuffer | Uint8Array): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
}
