import { keyNameOf } from './token-header.js';

const base64url = (text: string) => Buffer.from(text).toString('base64url');
const ACCESS_HEADER = { alg: 'HS256', typ: 'at+jwt', kid: 'key-1' };
const REFRESH_HEADER = { ...ACCESS_HEADER, typ: 'rt+jwt' };

const PAYLOAD = base64url('{"sub":"somebody"}');
/** 32 bytes, so that its last character carries four bits of them and two of nothing. */
const SIGNATURE = Buffer.alloc(32).toString('base64url');
const tokenWith = (header: unknown) =>
  [base64url(JSON.stringify(header)), PAYLOAD, SIGNATURE].join('.');

describe('keyNameOf', () => {
  // In steps of four, the characters of one block of base64.
  it.each([
    [8188, true],
    [8192, true],
    [8196, false],
  ])('reads a token of %d characters: %p', (length, isRead) => {
    const header = base64url(JSON.stringify(ACCESS_HEADER));
    const payload = 'A'.repeat(length - `${header}..${SIGNATURE}`.length);
    const name = keyNameOf([header, payload, SIGNATURE].join('.'), 'access');
    expect(name !== undefined).toBe(isRead);
  });

  it('is the key of a token of the right kind', () => {
    expect(keyNameOf(tokenWith(ACCESS_HEADER), 'access')).toEqual({
      id: 'key-1',
      algorithm: 'HS256',
    });
    expect(keyNameOf(tokenWith(REFRESH_HEADER), 'refresh')).toEqual({
      id: 'key-1',
      algorithm: 'HS256',
    });
  });

  it('says which of our algorithms the token asks for', () => {
    expect(keyNameOf(tokenWith({ ...ACCESS_HEADER, alg: 'ES256' }), 'access')).toEqual({
      id: 'key-1',
      algorithm: 'ES256',
    });
  });

  it('takes no kind for the other', () => {
    expect(keyNameOf(tokenWith(ACCESS_HEADER), 'refresh')).toBeUndefined();
    expect(keyNameOf(tokenWith(REFRESH_HEADER), 'access')).toBeUndefined();
  });

  it.each([
    ['no algorithm', { ...ACCESS_HEADER, alg: undefined }],
    ['the algorithm "none"', { ...ACCESS_HEADER, alg: 'none' }],
    ['a longer hash', { ...ACCESS_HEADER, alg: 'HS512' }],
    ['a public key', { ...ACCESS_HEADER, alg: 'RS256' }],
    ['another curve', { ...ACCESS_HEADER, alg: 'ES384' }],
    ["Bitcoin's curve", { ...ACCESS_HEADER, alg: 'ES256K' }],
    ['the algorithm in small letters', { ...ACCESS_HEADER, alg: 'hs256' }],
    ['a list of algorithms', { ...ACCESS_HEADER, alg: ['HS256'] }],
    ['no type', { ...ACCESS_HEADER, typ: undefined }],
    ['the common type', { ...ACCESS_HEADER, typ: 'JWT' }],
    ['the type in capitals', { ...ACCESS_HEADER, typ: 'AT+JWT' }],
    ['the full media type', { ...ACCESS_HEADER, typ: 'application/at+jwt' }],
    ['no key', { ...ACCESS_HEADER, kid: undefined }],
    ['a key that is no text', { ...ACCESS_HEADER, kid: 1 }],
    ['a key of two', { ...ACCESS_HEADER, kid: ['key-1'] }],
    ['a critical extension', { ...ACCESS_HEADER, crit: ['b64'], b64: false }],
    ['a key of its own', { ...ACCESS_HEADER, jwk: { kty: 'oct', k: 'AA' } }],
    ['an address of keys', { ...ACCESS_HEADER, jku: 'https://example.com/jwks.json' }],
    ['a certificate', { ...ACCESS_HEADER, x5c: [] }],
    ['compression', { ...ACCESS_HEADER, zip: 'DEF' }],
    ['a member of no meaning', { ...ACCESS_HEADER, x: null }],
    ['nothing', {}],
  ])('is none for a header with %s', (_case, header) => {
    expect(keyNameOf(tokenWith(header), 'access')).toBeUndefined();
  });

  it("is none for a header that names an object's prototype", () => {
    const header = base64url('{"alg":"HS256","typ":"at+jwt","kid":"key-1","__proto__":{}}');
    expect(keyNameOf(`${header}.${PAYLOAD}.${SIGNATURE}`, 'access')).toBeUndefined();
  });

  it.each(['null', '[]', '"HS256"', '7', 'true', '', '{', '{"alg":"HS256"', '\u0000'])(
    'is none for a header of %j',
    (text) => {
      expect(keyNameOf(`${base64url(text)}.${PAYLOAD}.${SIGNATURE}`, 'access')).toBeUndefined();
    },
  );

  const header = base64url(JSON.stringify(ACCESS_HEADER));
  it.each([
    ['nothing', ''],
    ['dots alone', '..'],
    ['one part', header],
    ['two parts', `${header}.${PAYLOAD}`],
    ['four parts', `${header}.${PAYLOAD}.${SIGNATURE}.${PAYLOAD}`],
    [
      'five parts, as of an encrypted token',
      [header, PAYLOAD, SIGNATURE, PAYLOAD, SIGNATURE].join('.'),
    ],
    ['no signature', `${header}.${PAYLOAD}.`],
    ['no payload', `${header}..${SIGNATURE}`],
    ['a padded signature', `${header}.${PAYLOAD}.${SIGNATURE}=`],
    ['spare bits that are set', `${header}.${PAYLOAD}.${SIGNATURE.slice(0, -1)}B`],
    ['a character too many', `${header}.${PAYLOAD}.${SIGNATURE}AA`],
    ['the alphabet of base64', `${header}.${PAYLOAD}.${'+/'.repeat(16)}`],
    ['a blank before', ` ${header}.${PAYLOAD}.${SIGNATURE}`],
    ['a line break after', `${header}.${PAYLOAD}.${SIGNATURE}\n`],
    ['a blank inside', `${header}.${PAYLOAD.slice(0, 4)} ${PAYLOAD.slice(4)}.${SIGNATURE}`],
    ['a sign that no decoder knows', `${header}.${PAYLOAD}!.${SIGNATURE}`],
    ['a header that is not encoded', `${JSON.stringify(ACCESS_HEADER)}.${PAYLOAD}.${SIGNATURE}`],
  ])('is none for a text of %s', (_case, token) => {
    expect(keyNameOf(token, 'access')).toBeUndefined();
  });
});
