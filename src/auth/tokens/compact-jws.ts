import { createHmac, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import type { Algorithm, TokenKey } from './keys/token-key.js';

/** A signed token in its compact form (RFC 7515, section 3.1). */
export function signCompact(
  type: string,
  claims: object,
  { id, algorithm, key }: TokenKey,
): string {
  const input = `${base64url({ alg: algorithm, typ: type, kid: id })}.${base64url(claims)}`;
  return `${input}.${SIGN[algorithm](input, key).toString('base64url')}`;
}

/**
 * The payload of a token whose signature is good (RFC 7515, section 5.2); undefined where it is
 * not, or where there is no JSON object. Which algorithm it is to be verified with is the caller's
 * to say, never the token's (RFC 8725, section 3.1).
 */
export function verifyCompact(
  token: string,
  algorithm: Algorithm,
  key: KeyObject,
): Readonly<Record<string, unknown>> | undefined {
  const payloadAt = token.indexOf('.') + 1;
  const payloadEnd = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(payloadEnd + 1), 'base64url');
  if (!VERIFY[algorithm](token.slice(0, payloadEnd), signature, key)) return undefined;
  return objectIn(Buffer.from(token.slice(payloadAt, payloadEnd), 'base64url').toString());
}

/** RFC 7518, sections 3.2 and 3.4: an ECDSA signature is its two numbers, one after the other. */
const SIGN: Readonly<Record<Algorithm, (input: string, key: KeyObject) => Buffer>> = {
  HS256: (input, key) => createHmac('sha256', key).update(input).digest(),
  ES256: (input, key) => sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }),
};

const VERIFY: Readonly<
  Record<Algorithm, (input: string, signature: Buffer, key: KeyObject) => boolean>
> = {
  HS256: (input, signature, key) => {
    const ours = SIGN.HS256(input, key);
    return signature.length === ours.length && timingSafeEqual(signature, ours);
  },
  ES256: (input, signature, key) =>
    verify('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }, signature),
};

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
