import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';

export const ISSUER = 'evergreen';
export const AUDIENCE = 'evergreen-api';

/** A key pair that signs access tokens. */
export class SigningKey {
  readonly publicKey: KeyObject;
  private readonly privateKey: KeyObject;

  constructor(readonly kid: string = randomUUID()) {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    [this.publicKey, this.privateKey] = [pair.publicKey, pair.privateKey];
  }

  /** As `/.well-known/jwks.json` has it. */
  get jwk(): object {
    return { ...this.publicKey.export({ format: 'jwk' }), kid: this.kid, alg: 'ES256', use: 'sig' };
  }

  sign(claims: object, header: object = {}): string {
    const signed = signedPart({ alg: 'ES256', typ: 'at+jwt', kid: this.kid, ...header }, claims);
    const key = { key: this.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  }
}

/** A token of a server without key pairs. */
export function signWithSecret(claims: object): string {
  const signed = signedPart({ alg: 'HS256', typ: 'at+jwt', kid: 'derived' }, claims);
  return `${signed}.${createHmac('sha256', 'secret').update(signed).digest('base64url')}`;
}

/** Claims as a server writes them. */
export function claimsAt(nowMs: number, claims: object = {}): Record<string, unknown> {
  const iat = Math.floor(nowMs / 1000);
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: randomUUID(),
    sid: randomUUID(),
    epoch: 0,
    jti: randomUUID(),
    iat,
    exp: iat + 1800,
    auth_time: iat,
    amr: ['pwd'],
    renew_until: iat + 86_400,
    ...claims,
  };
}

function signedPart(header: object, claims: object): string {
  return [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}
