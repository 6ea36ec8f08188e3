import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';

/** A client's key for proofs of possession (RFC 9449). */
export interface ClientKey {
  readonly algorithm: string;
  readonly privateKey: KeyObject;
  /** The public key. */
  readonly jwk: Readonly<Record<string, string>>;
  /** RFC 7638. */
  readonly thumbprint: string;
}

/** What a proof says; `header` and `claims` replace members, and remove those that are undefined. */
export interface ProofContents {
  readonly method: string;
  readonly url: string;
  readonly nowMs: number;
  readonly accessToken?: string;
  readonly nonce?: string;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

export function newEcKey(curve: 'P-256' | 'P-384' | 'secp256k1' = 'P-256'): ClientKey {
  const algorithm = { 'P-256': 'ES256', 'P-384': 'ES384', secp256k1: 'ES256K' }[curve];
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
  return clientKey(algorithm, privateKey, publicKey);
}

export function newEd25519Key(algorithm: 'EdDSA' | 'Ed25519' = 'EdDSA'): ClientKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return clientKey(algorithm, privateKey, publicKey);
}

export function newRsaKey(): ClientKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return clientKey('RS256', privateKey, publicKey);
}

/** A proof, signed by the key, whatever its header says. */
export function signProof(key: ClientKey, contents: ProofContents): string {
  const text = `${encode(proofHeader(key, contents))}.${encode(proofClaims(contents))}`;
  return `${text}.${signatureOf(key, text)}`;
}

export function proofHeader(
  { algorithm, jwk }: ClientKey,
  { header }: Pick<ProofContents, 'header'>,
): object {
  return { typ: 'dpop+jwt', alg: algorithm, jwk, ...header };
}

export function proofClaims(contents: ProofContents): object {
  const { method, url, nowMs, accessToken, nonce, claims } = contents;
  return {
    jti: randomUUID(),
    htm: method,
    htu: url,
    iat: Math.floor(nowMs / 1000),
    ath: accessToken === undefined ? undefined : sha256(accessToken),
    nonce,
    ...claims,
  };
}

export function signatureOf({ privateKey }: ClientKey, text: string): string {
  const isEdwards = privateKey.asymmetricKeyType === 'ed25519';
  const signature = sign(isEdwards ? null : 'sha256', Buffer.from(text), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return signature.toString('base64url');
}

/** A part of a JWT. */
export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function clientKey(algorithm: string, privateKey: KeyObject, publicKey: KeyObject): ClientKey {
  const jwk = publicKey.export({ format: 'jwk' }) as Record<string, string>;
  const required = {
    EC: ['crv', 'kty', 'x', 'y'],
    OKP: ['crv', 'kty', 'x'],
    RSA: ['e', 'kty', 'n'],
  };
  const members = required[jwk.kty as keyof typeof required].map((name) => [name, jwk[name]]);
  const thumbprint = sha256(JSON.stringify(Object.fromEntries(members)));
  return { algorithm, privateKey, jwk, thumbprint };
}
