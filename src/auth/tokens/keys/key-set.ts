import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { KeyFileError, type StoredKey } from './stored-keys.js';
import type { TokenKey } from './token-key.js';

/** The public part of a key (RFC 7517), with which tokens can be verified. */
export interface PublicKey {
  readonly kid: string;
  readonly alg: string;
  readonly use: 'sig';
  readonly kty: string | undefined;
  readonly crv: string | undefined;
  readonly x: string | undefined;
  readonly y: string | undefined;
}

/** Stored keys, ready for use. */
export interface KeySet {
  readonly signing: TokenKey;
  readonly verifying: readonly TokenKey[];
  readonly published: readonly PublicKey[];
}

/**
 * The first key signs, all keys verify.
 *
 * @throws KeyFileError if a key does not work
 */
export function keySetOf(stored: readonly StoredKey[]): KeySet {
  const verifying = stored.map(verifyingKey);
  const [signing] = stored.map(signingKey);
  if (!signing) throw new KeyFileError('the first key has no private part');
  return { signing, verifying, published: verifying.map(publicKey) };
}

function signingKey(stored: StoredKey): TokenKey | undefined {
  const { kid, kty, crv, x, y, d } = stored;
  if (d === undefined) return undefined;

  const key = attempt(() => createPrivateKey({ key: { kty, crv, x, y, d }, format: 'jwk' }));
  if (!key || !attempt(() => arePair(key, verifyingKey(stored).key)))
    throw new KeyFileError(`the two halves of the key ${kid} are no pair`);
  return { id: kid, algorithm: 'ES256', key };
}

function verifyingKey({ kid, kty, crv, x, y }: StoredKey): TokenKey {
  const key = attempt(() => createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }));
  if (!key) throw new KeyFileError(`the key ${kid} is no point of P-256`);
  return { id: kid, algorithm: 'ES256', key };
}

/** A JWK may contain parts of two different keys; every token signed with it would be rejected. */
function arePair(privateKey: KeyObject, publicKey: KeyObject): boolean {
  const text = Buffer.from('evergreen');
  return verify('sha256', text, publicKey, sign('sha256', text, privateKey));
}

function publicKey({ id, algorithm, key }: TokenKey): PublicKey {
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  return { kid: id, alg: algorithm, use: 'sig', kty, crv, x, y };
}

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
