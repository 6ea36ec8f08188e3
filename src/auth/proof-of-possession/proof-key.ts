import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isCanonicalPart } from '../tokens/token-part.js';

/** The kinds of keys that we accept, by RFC 7518, section 6.2, and RFC 8037. */
type KeyKind = 'P-256' | 'Ed25519';

/**
 * The key alone decides how its signatures are verified, and `alg` must agree: a server that
 * follows `alg` can be made to take a public key for a shared secret. RFC 9864 renamed `EdDSA` to
 * `Ed25519`.
 */
const ALGORITHMS: Readonly<Record<KeyKind, readonly string[]>> = {
  'P-256': ['ES256'],
  Ed25519: ['EdDSA', 'Ed25519'],
};

/** The members of private and of symmetric keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** 32 bytes in base64url: a coordinate on P-256, or a key on Ed25519. */
const COORDINATE_CHARACTERS = 43;

/** 64 bytes in base64url: both algorithms have signatures of this size. */
const SIGNATURE_CHARACTERS = 86;

/** About 3 kB each. Keys in use come back soon; a key that is gone costs an import again. */
const MAX_KEYS = 5000;

/** The public key in a proof's header. */
export interface ProofKey {
  readonly kind: KeyKind;
  /** RFC 7638, with SHA-256, in base64url. */
  readonly thumbprint: string;
  readonly jwk: Readonly<Record<string, string>>;
}

/** Importing a key takes as long as verifying with it, see bench/proof.mjs. By thumbprint. */
const importedKeys = new LRUCache<string, KeyObject>({ max: MAX_KEYS });

/** Whether a JWK has a member that must never leave the client, whatever its value. */
export function hasSecret(jwk: object): boolean {
  return SECRET_MEMBERS.some((member) => Object.hasOwn(jwk, member));
}

/**
 * Reads a JWK. Only the members that are part of the thumbprint count, all others are ignored.
 * Undefined if the key is of another type or curve. Whether its point is on the curve is seen only
 * when a signature is verified.
 */
export function readProofKey({ kty, crv, x, y }: Record<string, unknown>): ProofKey | undefined {
  if (!isCoordinate(x)) return undefined;
  if (kty === 'OKP' && crv === 'Ed25519') return proofKey(crv, { crv, kty, x });
  if (kty === 'EC' && crv === 'P-256' && isCoordinate(y)) return proofKey(crv, { crv, kty, x, y });
  return undefined;
}

/** Whether `alg` of a header is an algorithm of any key that we accept. */
export function isKnownAlgorithm(algorithm: unknown): algorithm is string {
  return Object.values(ALGORITHMS).some((names) => names.some((name) => name === algorithm));
}

/** Whether signatures of this key have this algorithm. */
export function hasAlgorithm({ kind }: ProofKey, algorithm: string): boolean {
  return ALGORITHMS[kind].includes(algorithm);
}

/**
 * Verifies a signature in base64url. False also if there is no such key, such as one whose point is
 * not on the curve. Only keys that have signed something are kept.
 */
export function isSignedBy(key: ProofKey, text: string, signature: string): boolean {
  if (signature.length !== SIGNATURE_CHARACTERS) return false;
  try {
    const known = importedKeys.get(key.thumbprint);
    const publicKey = known ?? createPublicKey({ key: key.jwk, format: 'jwk' });
    const isGood = verifyWith(publicKey, key.kind, text, signature);
    if (isGood && !known) importedKeys.set(key.thumbprint, publicKey);
    return isGood;
  } catch {
    return false;
  }
}

function isCoordinate(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length === COORDINATE_CHARACTERS && isCanonicalPart(value)
  );
}

/** @param jwk its members in the order of RFC 7638, section 3.3; none of their values is escaped */
function proofKey(kind: KeyKind, jwk: Readonly<Record<string, string>>): ProofKey {
  const thumbprint = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
  return { kind, thumbprint, jwk };
}

function verifyWith(key: KeyObject, kind: KeyKind, text: string, signature: string): boolean {
  const [data, bytes] = [Buffer.from(text), Buffer.from(signature, 'base64url')];
  return kind === 'P-256'
    ? verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, bytes)
    : verify(null, data, key, bytes);
}
