import { createHmac, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { deriveKey } from '../../src/auth/tokens/keys/derived-key.js';
import { newKey } from '../../src/auth/tokens/keys/new-key.js';
import { writeStoredKeys, type StoredKey } from '../../src/auth/tokens/keys/stored-keys.js';
import type { TokenKind } from '../../src/auth/tokens/keys/token-key.js';
import { Api, call, claimsOf, headerOf, refreshTokenOf } from '../support/api.js';
import { startApp, TEST_SECRET, type TestApp } from '../support/app.js';

type Sign = (text: string) => Buffer;

const hs256 =
  (key: KeyObject | Buffer | string): Sign =>
  (text) =>
    createHmac('sha256', key).update(text).digest();

const es256 =
  ({ kty, crv, x, y, d }: StoredKey, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): Sign =>
  (text) =>
    sign('sha256', Buffer.from(text), {
      key: createPrivateKey({ key: { kty, crv, x, y, d }, format: 'jwk' }),
      dsaEncoding,
    });

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('with ES256', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-keys-'));
  const signing = newKey(new Date());
  const waiting = newKey(new Date());
  const retired = { ...newKey(new Date()), d: undefined };
  const attackers = newKey(new Date());

  let app: TestApp;
  let browser: Api;
  let good: { access: string; refresh: string };

  beforeAll(async () => {
    const file = join(folder, 'keys.json');
    writeStoredKeys(file, [signing, waiting, retired]);
    app = await startApp({ env: { JWT_KEYS_FILE: file } });
    browser = new Api(app.url);
    const signedIn = await browser.register();
    good = { access: signedIn.access_token, refresh: refreshTokenOf(signedIn) };
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  const present = async (kind: TokenKind, token: string) =>
    kind === 'access' ? browser.me(token) : browser.refresh(token);
  const everything = () =>
    app.database
      .query(`SELECT (SELECT json_agg(u) FROM users u) AS users, (SELECT json_agg(s) FROM sessions s) AS sessions,
      (SELECT json_agg(r) FROM revocations r) AS revocations`);

  /** The good token of that kind with other members, signed in some way. */
  function forge(kind: TokenKind, header: object, claims: object, signed: Sign): string {
    const text = `${encode({ ...headerOf(good[kind]), ...header })}.${encode({ ...claimsOf(good[kind]), ...claims })}`;
    return `${text}.${signed(text).toString('base64url')}`;
  }

  describe('tokens', () => {
    it('of access are signed with the first key of the file, and those for refreshing with the secret', async () => {
      expect(headerOf(good.access)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: signing.kid });
      expect(headerOf(good.refresh)).toEqual({
        alg: 'HS256',
        typ: 'rt+jwt',
        kid: deriveKey(TEST_SECRET, 'refresh').id,
      });
    });

    it('of access are taken from every key of the file, and from the secret, so that switching logs nobody out', async () => {
      const { id, key } = deriveKey(TEST_SECRET, 'access');
      const tokens = [
        good.access,
        forge('access', {}, {}, es256(signing)),
        forge('access', { kid: waiting.kid }, {}, es256(waiting)),
        forge('access', { alg: 'HS256', kid: id }, {}, hs256(key)),
      ];
      for (const token of tokens) expect((await present('access', token)).status).toBe(200);
    });

    it('of access can be verified by others, who know the published keys alone', async () => {
      const published = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`));
      const rules = {
        issuer: 'evergreen',
        audience: 'evergreen-api',
        typ: 'at+jwt',
        algorithms: ['ES256'],
      };
      const { payload, protectedHeader } = await jwtVerify(good.access, published, rules);
      expect(payload).toEqual(claimsOf(good.access));
      expect(protectedHeader.kid).toBe(signing.kid);
      await expect(jwtVerify(good.refresh, published, rules)).rejects.toThrow();
    });
  });

  describe('GET /.well-known/jwks.json', () => {
    it('publishes the public half of every key of the file, and may be cached for a minute', async () => {
      const { body, headers } = await call('GET', `${app.url}/.well-known/jwks.json`);
      const half = ({ kid, x, y }: StoredKey) => ({
        kid,
        alg: 'ES256',
        use: 'sig',
        kty: 'EC',
        crv: 'P-256',
        x,
        y,
      });
      expect(body).toEqual({ keys: [half(signing), half(waiting), half(retired)] });
      expect(headers.get('cache-control')).toBe('public, max-age=60');
    });
  });

  describe('a token is refused that', () => {
    const publicKey = createPublicKey({
      key: { kty: 'EC', crv: 'P-256', x: signing.x, y: signing.y },
      format: 'jwk',
    });
    const jwk = { kty: 'EC', crv: 'P-256', x: signing.x, y: signing.y };
    const published = { kid: signing.kid, alg: 'ES256', use: 'sig', ...jwk };
    const attackersJwk = { kty: 'EC', crv: 'P-256', x: attackers.x, y: attackers.y };
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    const accessId = deriveKey(TEST_SECRET, 'access').id;
    const refresh = deriveKey(TEST_SECRET, 'refresh');
    const nobody: Sign = () => Buffer.alloc(64);
    const genuine = es256(signing);

    const knownToAnybody: [string, Buffer | string][] = [
      ['the PEM text of the public key', pem],
      ['the same without its last line break', String(pem).trimEnd()],
      ['the DER bytes of the public key', publicKey.export({ type: 'spki', format: 'der' })],
      ['the JWK text of the public key', JSON.stringify(jwk)],
      ['the JWK text as published', JSON.stringify(published)],
      [
        'the point of the public key',
        Buffer.concat([
          Buffer.from([4]),
          Buffer.from(signing.x, 'base64url'),
          Buffer.from(signing.y, 'base64url'),
        ]),
      ],
      ['a coordinate of the public key', Buffer.from(signing.x, 'base64url')],
      ['the id of the public key', signing.kid],
      ['nothing', ''],
    ];

    const attacks: [string, () => string][] = [
      // One algorithm taken for another.
      ...knownToAnybody.flatMap(([what, secret]): [string, () => string][] => [
        [`has ${what} for its secret`, () => forge('access', { alg: 'HS256' }, {}, hs256(secret))],
        [
          `has ${what} for its secret, and names the key of the secret`,
          () => forge('access', { alg: 'HS256', kid: accessId }, {}, hs256(secret)),
        ],
      ]),
      [
        'names the key of the secret and is signed with the key pair',
        () => forge('access', { kid: accessId }, {}, genuine),
      ],
      [
        'names the key pair and is signed with the secret',
        () => forge('access', { alg: 'HS256' }, {}, hs256(deriveKey(TEST_SECRET, 'access').key)),
      ],
      [
        'says ES256 and is signed with the secret',
        () => forge('access', {}, {}, hs256(deriveKey(TEST_SECRET, 'access').key)),
      ],
      [
        'says ES256 and names the key of the secret that signed it',
        () => forge('access', { kid: accessId }, {}, hs256(deriveKey(TEST_SECRET, 'access').key)),
      ],
      ...[
        'ES384',
        'ES512',
        'ES256K',
        'RS256',
        'PS256',
        'EdDSA',
        'HS384',
        'HS512',
        'es256',
        'ES256 ',
        '',
        null,
        ['ES256'],
        undefined,
      ].map((alg): [string, () => string] => [
        `has the algorithm ${JSON.stringify(alg)}`,
        () => forge('access', { alg }, {}, genuine),
      ]),
      ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg): [string, () => string][] => [
        [
          `has the algorithm ${alg} and no signature`,
          () => forge('access', { alg }, {}, () => Buffer.alloc(0)),
        ],
        [`has the algorithm ${alg} and a signature`, () => forge('access', { alg }, {}, genuine)],
        [
          `has the algorithm ${alg} and no key id`,
          () => forge('access', { alg, kid: undefined }, {}, () => Buffer.alloc(0)),
        ],
      ]),

      // The wrong key.
      [
        'names another key of the file than the one that signed it',
        () => forge('access', { kid: waiting.kid }, {}, genuine),
      ],
      [
        'names a key that signs no longer',
        () => forge('access', { kid: retired.kid }, {}, genuine),
      ],
      ['is signed with a key of somebody else', () => forge('access', {}, {}, es256(attackers))],
      [
        'names a key of somebody else',
        () => forge('access', { kid: attackers.kid }, {}, es256(attackers)),
      ],
      ['names the key of refresh tokens', () => forge('access', { kid: refresh.id }, {}, genuine)],
      [
        'is signed with the key of refresh tokens',
        () => forge('access', { alg: 'HS256', kid: refresh.id }, {}, hs256(refresh.key)),
      ],
      ...[
        undefined,
        null,
        '',
        1,
        [signing.kid],
        { id: signing.kid },
        '__proto__',
        `${signing.kid} `,
        '../keys.json',
      ].map((kid): [string, () => string] => [
        `has the key id ${JSON.stringify(kid)}`,
        () => forge('access', { kid }, {}, genuine),
      ]),

      // The signature.
      ['has its signature in DER', () => forge('access', {}, {}, es256(signing, 'der'))],
      ['has a signature of noughts', () => forge('access', {}, {}, nobody)],
      ['has a signature of ones', () => forge('access', {}, {}, () => Buffer.alloc(64, 0xff))],
      [
        'has half a signature',
        () => forge('access', {}, {}, (text) => genuine(text).subarray(0, 32)),
      ],
      [
        'has a signature and a byte',
        () => forge('access', {}, {}, (text) => Buffer.concat([genuine(text), Buffer.from([0])])),
      ],
      ['has no signature', () => forge('access', {}, {}, () => Buffer.alloc(0))],
      [
        'has the signature of another token',
        () =>
          `${forge('access', {}, { epoch: 1 }, genuine).split('.').slice(0, 2).join('.')}.${good.access.split('.')[2]}`,
      ],

      // Members of the header that bring a key or change a meaning; the signature is genuine, so
      // that nothing else refuses them.
      ['embeds a key', () => forge('access', { jwk: attackersJwk }, {}, es256(attackers))],
      ['embeds our own key', () => forge('access', { jwk }, {}, genuine)],
      [
        'has an address of keys',
        () => forge('access', { jku: `${app.url}/.well-known/jwks.json` }, {}, genuine),
      ],
      [
        'has an address of certificates',
        () => forge('access', { x5u: 'http://127.0.0.1/' }, {}, genuine),
      ],
      ['has a certificate', () => forge('access', { x5c: ['MIIB'] }, {}, genuine)],
      ['has the hash of a certificate', () => forge('access', { 'x5t#S256': 'AA' }, {}, genuine)],
      ['has a critical extension', () => forge('access', { crit: ['exp'] }, {}, genuine)],
      ['has no critical extension, but says so', () => forge('access', { crit: [] }, {}, genuine)],
      ['is not encoded', () => forge('access', { b64: false, crit: ['b64'] }, {}, genuine)],
      ['is encoded, but says so', () => forge('access', { b64: true }, {}, genuine)],
      ['is compressed', () => forge('access', { zip: 'DEF' }, {}, genuine)],

      // The kind.
      ['is for refreshing by its type', () => forge('access', { typ: 'rt+jwt' }, {}, genuine)],
      ['has no type', () => forge('access', { typ: undefined }, {}, genuine)],
      ['has the common type', () => forge('access', { typ: 'JWT' }, {}, genuine)],
      ['is for refreshing', () => good.refresh],

      // Claims.
      ...([undefined, null, '9999999999', {}, [9_999_999_999], true] as const).map(
        (exp): [string, () => string] => [
          `has the expiry ${JSON.stringify(exp)}`,
          () => forge('access', {}, { exp }, genuine),
        ],
      ),
      ...([9_999_999_999, 'now', null] as const).map((nbf): [string, () => string] => [
        `is not valid before ${JSON.stringify(nbf)}`,
        () => forge('access', {}, { nbf }, genuine),
      ]),
      ...([undefined, null, 'now', {}] as const).map((iat): [string, () => string] => [
        `was issued at ${JSON.stringify(iat)}`,
        () => forge('access', {}, { iat }, genuine),
      ]),
      ['has another issuer', () => forge('access', {}, { iss: 'somebody' }, genuine)],
      ['has another audience', () => forge('access', {}, { aud: 'somebody' }, genuine)],
      ['has no audience', () => forge('access', {}, { aud: undefined }, genuine)],
    ];

    it.each(attacks)('%s', async (_what, token) => {
      const before = await everything();
      expect((await present('access', token())).body).toMatchObject({
        status: 401,
        code: 'token_invalid',
      });
      expect(await everything()).toEqual(before);
    });

    const refreshAttacks: [string, () => string][] = [
      [
        'is for access, but for its type',
        () => forge('access', { typ: 'rt+jwt' }, claimsOf(good.refresh), genuine),
      ],
      [
        'is for refreshing and signed with the key pair',
        () => forge('refresh', { alg: 'ES256', kid: signing.kid }, {}, genuine),
      ],
      [
        'is for refreshing and signed with the public key',
        () => forge('refresh', { kid: signing.kid }, {}, hs256(pem)),
      ],
      [
        'is for refreshing and names the key pair',
        () => forge('refresh', { kid: signing.kid }, {}, hs256(refresh.key)),
      ],
      [
        'is for refreshing and says ES256',
        () => forge('refresh', { alg: 'ES256' }, {}, hs256(refresh.key)),
      ],
      [
        'is for refreshing and signed with the key of access',
        () => forge('refresh', { kid: accessId }, {}, hs256(deriveKey(TEST_SECRET, 'access').key)),
      ],
    ];

    it.each(refreshAttacks)('comes to be refreshed and %s', async (_what, token) => {
      const before = await everything();
      expect((await present('refresh', token())).body).toMatchObject({
        status: 401,
        code: 'token_invalid',
        clear_credentials: true,
      });
      expect(await everything()).toEqual(before);
    });

    it('or gets no refresh token where it is for access, and changes nothing', async () => {
      const before = await everything();
      const { headers, body } = await present('refresh', good.access);
      expect(headers.get('x-refresh-outcome')).toBe('renewed');
      expect(body).not.toHaveProperty('refresh_token');
      expect(await everything()).toEqual(before);
    });

    it('and after all of this the session goes on', async () => {
      expect((await present('access', good.access)).status).toBe(200);
      expect((await present('refresh', good.refresh)).headers.get('x-refresh-outcome')).toBe(
        'rotated',
      );
    });
  });
});
