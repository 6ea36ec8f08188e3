import { createHash, generateKeyPairSync } from 'node:crypto';
import type { DatedKey } from './stored-keys.js';

/** A new key pair; its id is its thumbprint. */
export function newKey(now: Date): DatedKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  const point = { crv: 'P-256', kty: 'EC', x, y } as const;
  return {
    kid: thumbprint(point),
    alg: 'ES256',
    use: 'sig',
    ...point,
    d,
    created_at: now.toISOString(),
  };
}

/** RFC 7638: the hash of these members, in alphabetical order. */
function thumbprint({
  crv,
  kty,
  x,
  y,
}: {
  crv: string;
  kty: string;
  x: string;
  y: string;
}): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
