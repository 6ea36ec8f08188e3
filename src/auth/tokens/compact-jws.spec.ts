import {
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import fc from 'fast-check';
import { compactVerify, CompactSign } from 'jose';
import { signCompact, verifyCompact } from './compact-jws.js';
import type { Algorithm } from './keys/token-key.js';

const HS256 = createSecretKey(randomBytes(32));
const ES256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEYS: Readonly<Record<Algorithm, { sign: KeyObject; verify: KeyObject }>> = {
  HS256: { sign: HS256, verify: HS256 },
  ES256: { sign: ES256.privateKey, verify: ES256.publicKey },
};
const CLAIMS = { sub: 'Zoë', exp: 1_764_000_000, gen: 3 };

const signOurs = (algorithm: Algorithm, claims: object = CLAIMS) =>
  signCompact('at+jwt', claims, { id: 'key-1', algorithm, key: KEYS[algorithm].sign });
const payloadOf = (token: string, algorithm: Algorithm) =>
  verifyCompact(token, algorithm, KEYS[algorithm].verify);

describe.each(['HS256', 'ES256'] as const)('a token signed with %s', (algorithm) => {
  it('is taken by another implementation', async () => {
    const { payload, protectedHeader } = await compactVerify(
      signOurs(algorithm),
      KEYS[algorithm].verify,
    );
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual(CLAIMS);
    expect(protectedHeader).toEqual({ alg: algorithm, typ: 'at+jwt', kid: 'key-1' });
  });

  it('by another implementation is taken', async () => {
    const text = Buffer.from(JSON.stringify(CLAIMS));
    const token = await new CompactSign(text)
      .setProtectedHeader({ alg: algorithm })
      .sign(KEYS[algorithm].sign);
    expect(payloadOf(token, algorithm)).toEqual(CLAIMS);
  });

  it('brings back whatever claims it was given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (claims) => {
        expect(payloadOf(signOurs(algorithm, claims), algorithm)).toEqual(
          JSON.parse(JSON.stringify(claims)),
        );
      }),
    );
  });

  it('is refused once any of its bits has changed', () => {
    const token = signOurs(algorithm);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const parts = [header, payload, signature].map((part) => Buffer.from(part, 'base64url'));
    for (const [index, part] of parts.entries()) {
      for (let bit = 0; bit < part.length * 8; bit += 7) {
        const changed = parts.map((bytes) => Buffer.from(bytes));
        changed[index]?.writeUInt8((part[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
        expect(
          payloadOf(changed.map((bytes) => bytes.toString('base64url')).join('.'), algorithm),
        ).toBeUndefined();
      }
    }
  });

  it('is refused with a signature that is cut short, prolonged or missing', () => {
    const token = signOurs(algorithm);
    for (const odd of [
      token.slice(0, -4),
      `${token}AAAA`,
      token.slice(0, token.lastIndexOf('.') + 1),
    ]) {
      expect(payloadOf(odd, algorithm)).toBeUndefined();
    }
  });

  it.each(['null', '7', '"text"', 'true', '{', ''])(
    'is refused where its payload is %j and no object',
    async (text) => {
      const token = await new CompactSign(Buffer.from(text))
        .setProtectedHeader({ alg: algorithm })
        .sign(KEYS[algorithm].sign);
      expect(payloadOf(token, algorithm)).toBeUndefined();
    },
  );
});

describe('verifyCompact', () => {
  it('takes the example of RFC 7515, appendix A.1', () => {
    const key = createSecretKey(
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
      'base64url',
    );
    const token =
      'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    expect(verifyCompact(token, 'HS256', key)).toEqual({
      iss: 'joe',
      exp: 1300819380,
      'http://example.com/is_root': true,
    });
  });

  it('takes the example of RFC 7515, appendix A.3', () => {
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    };
    const token =
      'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q';
    expect(
      verifyCompact(token, 'ES256', createPublicKey({ key: jwk, format: 'jwk' })),
    ).toMatchObject({ iss: 'joe' });
  });

  it('takes no signature by another key', () => {
    expect(
      verifyCompact(signOurs('HS256'), 'HS256', createSecretKey(randomBytes(32))),
    ).toBeUndefined();
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(verifyCompact(signOurs('ES256'), 'ES256', stranger.publicKey)).toBeUndefined();
  });
});
