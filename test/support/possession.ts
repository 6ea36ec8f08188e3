import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto';

/**
 * Keys are made from their encodings: Node 20 can hang if a key is exported while its generator is
 * collected.
 */
const ENCODINGS = {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
} as const;

/** A client's key for proofs of possession (RFC 9449). */
export interface ClientKey {
  readonly algorithm: string;
  readonly privateKey: KeyObject;
  /** The public key. */
  readonly jwk: Readonly<Record<string, string>>;
  /** RFC 7638. */
  readonly thumbprint: string;
}

/**
 * What a proof says; `header` and `claims` replace members, and remove those that are undefined.
 */
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
  const pair = generateKeyPairSync('ec', { namedCurve: curve, ...ENCODINGS });
  return clientKey(algorithm, pair.privateKey);
}

export function newEd25519Key(algorithm: 'EdDSA' | 'Ed25519' = 'EdDSA'): ClientKey {
  return clientKey(algorithm, generateKeyPairSync('ed25519', ENCODINGS).privateKey);
}

export function newRsaKey(): ClientKey {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048, ...ENCODINGS });
  return clientKey('RS256', pair.privateKey);
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

/** @param pem a text, which the types of Node 20 take for a key */
function clientKey(algorithm: string, pem: unknown): ClientKey {
  const privateKey = createPrivateKey(String(pem));
  const jwk = createPublicKey(String(pem)).export({ format: 'jwk' }) as Record<string, string>;
  const required = {
    EC: ['crv', 'kty', 'x', 'y'],
    OKP: ['crv', 'kty', 'x'],
    RSA: ['e', 'kty', 'n'],
  };
  const members = required[jwk.kty as keyof typeof required].map((name) => [name, jwk[name]]);
  const thumbprint = sha256(JSON.stringify(Object.fromEntries(members)));
  return { algorithm, privateKey, jwk, thumbprint };
}
