import { createHmac, createSecretKey, generateKeyPairSync, sign } from 'node:crypto';
import { generateKeyPair, generateProof, calculateThumbprint } from 'dpop';
import fc from 'fast-check';
import {
  encode,
  newEcKey,
  newEd25519Key,
  newRsaKey,
  proofClaims,
  proofHeader,
  sha256,
  signatureOf,
  signProof,
  type ClientKey,
  type ProofContents,
} from '../../../test/support/possession.js';
import { Random } from '../../../test/support/random.js';
import { checkProof, hasNewKey, type BadProofReason, type ProofDemand } from './check-proof.js';
import { newNonce } from './nonces.js';

const NOW_MS = Date.UTC(2026, 10, 30, 12, 0, 30);
const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;
const METHOD = 'POST';
const URL_ASKED_FOR = 'https://auth.example.com/api/auth/refresh';
const ACCESS_TOKEN = 'header.claims.signature';
const nonceKey = createSecretKey(Buffer.alloc(32, 1));

const key = newEcKey();
const otherKey = newEcKey();
const edwardsKey = newEd25519Key();
const rsaKey = newRsaKey();

const demand: ProofDemand = {
  method: METHOD,
  urls: [URL_ASKED_FOR, 'https://auth.example.com/api/refresh'],
  nonceKeys: [nonceKey],
  nowMs: NOW_MS,
};
const withToken: ProofDemand = { ...demand, accessToken: ACCESS_TOKEN };
const contents: ProofContents = { method: METHOD, url: URL_ASKED_FOR, nowMs: NOW_MS };
const proofWith = (changes: Partial<ProofContents> = {}, by: ClientKey = key) =>
  signProof(by, { ...contents, ...changes });
const withHeader = (header: Record<string, unknown>, by?: ClientKey) => proofWith({ header }, by);
const withClaims = (claims: Record<string, unknown>) => proofWith({ claims });
const withSignature = (signature: string) =>
  `${proofWith().split('.').slice(0, 2).join('.')}.${signature}`;
const reasonOf = (
  header: string | readonly string[] | undefined,
  demanded: ProofDemand = demand,
) => {
  const check = checkProof(header, demanded);
  return check.kind === 'bad' ? check.reason : check.kind;
};

/** A header of its own, signed by an HMAC whose secret is public. */
function signedByPublicSecret(secret: string): string {
  const header = proofHeader(key, { header: { alg: 'HS256' } });
  const text = `${encode(header)}.${encode(proofClaims(contents))}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** A signature of the same key in another form. */
function resigned(change: (text: string) => string): string {
  const text = proofWith().split('.').slice(0, 2).join('.');
  return `${text}.${change(text)}`;
}

/** The other signature that ECDSA has for the same text: (r, n - s). */
function mirrored(proof: string): string {
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const [header, claims, signature = ''] = proof.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  bytes.write((order - s).toString(16).padStart(64, '0'), 32, 'hex');
  return `${header}.${claims}.${bytes.toString('base64url')}`;
}

describe('checkProof', () => {
  describe('with a good proof', () => {
    it.each([
      ['P-256', key],
      ['Ed25519, called EdDSA', edwardsKey],
      ['Ed25519, called so', newEd25519Key('Ed25519')],
    ])('returns the thumbprint of a key on %s', (_curve, by) => {
      expect(checkProof(proofWith({ claims: { jti: 'proof-1' } }, by), demand)).toEqual({
        kind: 'good',
        thumbprint: by.thumbprint,
        id: 'proof-1',
        goodUntilMs: NOW_MS + MINUTE_MS,
      });
    });

    it('returns the thumbprint of the example in RFC 9449, section 6.1', () => {
      // The example of section 4.2, with its claims. Its key is that of the thumbprint.
      const proof =
        'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg';
      const urls = ['https://server.example.com/token'];
      expect(checkProof(proof, { ...demand, urls, nowMs: 1_562_262_616_000 })).toMatchObject({
        kind: 'good',
        thumbprint: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
        id: '-BwC3ESc6acc2lTc',
      });
    });

    it('is good twice, since nothing is remembered', () => {
      const proof = proofWith();
      expect([reasonOf(proof), reasonOf(proof)]).toEqual(['good', 'good']);
    });

    it('has the same id by the other signature that ECDSA allows, so it counts once', () => {
      const proof = proofWith();
      expect(mirrored(proof)).not.toBe(proof);
      expect(checkProof(mirrored(proof), demand)).toEqual(checkProof(proof, demand));
    });

    it.each<[family: string, header: string | string[], demanded?: ProofDemand]>([
      ['the expected key', proofWith(), { ...demand, expectedThumbprint: key.thumbprint }],
      ['the access token', proofWith({ accessToken: ACCESS_TOKEN }), withToken],
      ['an access token that nobody asked for', proofWith({ accessToken: ACCESS_TOKEN })],
      ['one value in a list', [proofWith()]],
      ['the other path', proofWith({ url: 'https://auth.example.com/api/refresh' })],
      ['a query and a fragment', proofWith({ url: `${URL_ASKED_FOR}?a=b#c` })],
      [
        'the default port and capitals',
        proofWith({ url: 'HTTPS://AUTH.example.com:443/api/refresh' }),
      ],
      [
        'members of the key that mean nothing here',
        withHeader({ jwk: { ...key.jwk, kid: '1', ext: true, key_ops: ['verify'] } }),
      ],
      [
        'an address of keys, which is never asked',
        withHeader({ jku: 'https://evil.example/keys', kid: '1' }),
      ],
      ['claims of others', withClaims({ iss: 'client', custom: { nested: [1] } })],
      ['a fraction of a second', withClaims({ iat: NOW_MS / 1000 - 0.5 })],
      ['an id of one character', withClaims({ jti: 'a' })],
      ['an id of 128 characters', withClaims({ jti: 'a'.repeat(128) })],
      ['an old nonce, and in time', proofWith({ nonce: 'of-another-server' })],
      ['no nonce, and in time', proofWith()],
    ])('accepts %s', (_family, header, demanded = demand) => {
      expect(reasonOf(header, demanded)).toBe('good');
    });

    it('accepts 4,096 characters, and not one block of base64 more', () => {
      const filled = (count: number) => withClaims({ jti: 'a', filling: 'x'.repeat(count) });
      const rest = 4096 - filled(0).length;
      const longest = filled(Math.floor((rest * 3) / 4));
      expect(longest.length).toBeGreaterThan(4090);
      expect(longest.length).toBeLessThanOrEqual(4096);
      expect(reasonOf(longest)).toBe('good');
      expect(reasonOf(filled(Math.floor((rest * 3) / 4) + 4))).toBe('too_long');
    });
  });

  /** The families of the conformance suite of OpenID for FAPI 2.0 with DPoP, and of attacks. */
  const BAD: readonly [
    family: string,
    reason: BadProofReason,
    header: string | readonly string[] | undefined,
    demanded?: ProofDemand,
  ][] = [
    // The header DPoP (RFC 9449, section 4.3, 1 and 2).
    ['no header', 'missing', undefined],
    ['an empty header', 'missing', ''],
    ['an empty list of headers', 'missing', []],
    ['two headers', 'repeated', [proofWith(), proofWith()]],
    ['two headers with the same proof', 'repeated', Array<string>(2).fill(proofWith())],
    ['a header and an empty one', 'repeated', [proofWith(), '']],
    ['two headers that Node has joined', 'repeated', `${proofWith()}, ${proofWith()}`],
    ['a text that is too long', 'too_long', withClaims({ filling: 'x'.repeat(4096) })],
    ['a text that is no JWT', 'malformed', 'proof'],
    ['dots alone', 'malformed', '..'],
    ['two parts', 'malformed', proofWith().split('.').slice(0, 2).join('.')],
    ['four parts', 'malformed', `${proofWith()}.AAAA`],
    ['an encrypted JWT', 'malformed', 'AAAA.AAAA.AAAA.AAAA.AAAA'],
    ['a scheme before it', 'malformed', `DPoP ${proofWith()}`],
    ['a blank after it', 'malformed', `${proofWith()} `],
    ['a line break after it', 'malformed', `${proofWith()}\n`],
    ['padding', 'malformed', `${proofWith()}==`],
    ['the alphabet of base64', 'malformed', withSignature('+/'.repeat(43))],
    ['spare bits that are set', 'malformed', withSignature(`${'A'.repeat(85)}B`)],
    ['a serialisation as JSON', 'malformed', JSON.stringify({ payload: 'AAAA' })],
    ['a header that is no JSON', 'malformed', `AAAA${proofWith().slice(proofWith().indexOf('.'))}`],
    ['a header that is null', 'malformed', `${encode(null)}.${encode({})}.AAAA`],
    ['claims that are a text', 'malformed', `${encode({})}.${encode('claims')}.AAAA`],
    ['a signature of zero length', 'malformed', withSignature('')],

    // `typ` (4) and `crit`.
    ['no type', 'type', withHeader({ typ: undefined })],
    ['the type JWT', 'type', withHeader({ typ: 'JWT' })],
    ['the type of an access token', 'type', withHeader({ typ: 'at+jwt' })],
    ['the type in capitals', 'type', withHeader({ typ: 'DPOP+JWT' })],
    ['the type as a full media type', 'type', withHeader({ typ: 'application/dpop+jwt' })],
    ['a list of types', 'type', withHeader({ typ: ['dpop+jwt'] })],
    ['a list for a header', 'type', `${encode([])}.${encode([])}.AAAA`],
    ['an unknown critical member', 'critical', withHeader({ crit: ['x'], x: 1 })],
    ['a critical member that others know', 'critical', withHeader({ crit: ['b64'], b64: true })],
    ['an empty list of critical members', 'critical', withHeader({ crit: [] })],
    ['critical members that are null', 'critical', withHeader({ crit: null })],

    // `alg` (5).
    ['no algorithm', 'algorithm', withHeader({ alg: undefined })],
    ['the algorithm none', 'algorithm', withHeader({ alg: 'none' })],
    ['the algorithm NonE', 'algorithm', withHeader({ alg: 'NonE' })],
    [
      'HS256 with the public key as JSON',
      'algorithm',
      signedByPublicSecret(JSON.stringify(key.jwk)),
    ],
    ['HS256 with a coordinate', 'algorithm', signedByPublicSecret(key.jwk.x ?? '')],
    ['HS256 with the thumbprint', 'algorithm', signedByPublicSecret(key.thumbprint)],
    ['the algorithm in small letters', 'algorithm', withHeader({ alg: 'es256' })],
    ['a list of algorithms', 'algorithm', withHeader({ alg: ['ES256'] })],
    ['an algorithm that is a member of every object', 'algorithm', withHeader({ alg: 'toString' })],
    ['RS256', 'algorithm', proofWith({}, rsaKey)],
    ['PS256', 'algorithm', withHeader({ alg: 'PS256' }, rsaKey)],
    ['ES384', 'algorithm', proofWith({}, newEcKey('P-384'))],
    ['ES256K', 'algorithm', proofWith({}, newEcKey('secp256k1'))],
    ['EdDSA by a key on P-256', 'algorithm', withHeader({ alg: 'EdDSA' })],
    ['ES256 by a key on Ed25519', 'algorithm', withHeader({ alg: 'ES256' }, edwardsKey)],

    // `jwk` (6 and 7).
    ['no key', 'key', withHeader({ jwk: undefined })],
    ['the name of a key alone', 'key', withHeader({ jwk: undefined, kid: key.thumbprint })],
    ['a certificate instead of a key', 'key', withHeader({ jwk: undefined, x5c: ['AAAA'] })],
    ['a key that is a text', 'key', withHeader({ jwk: JSON.stringify(key.jwk) })],
    ['a list of keys', 'key', withHeader({ jwk: [key.jwk] })],
    ['an empty key', 'key', withHeader({ jwk: {} })],
    ['a key on P-384', 'key', withHeader({ alg: 'ES256' }, newEcKey('P-384'))],
    ["a key on Bitcoin's curve", 'key', withHeader({ alg: 'ES256' }, newEcKey('secp256k1'))],
    ['a key for key agreement', 'key', withHeader({ jwk: x25519Jwk() }, edwardsKey)],
    ['a key of RSA', 'key', withHeader({ alg: 'ES256' }, rsaKey)],
    ['the name of another curve', 'key', withHeader({ jwk: { ...key.jwk, crv: 'P-384' } })],
    ['no curve', 'key', withHeader({ jwk: { ...key.jwk, crv: undefined } })],
    ['another type of key', 'key', withHeader({ jwk: { ...key.jwk, kty: 'OKP' } })],
    ['half a point', 'key', withHeader({ jwk: { ...key.jwk, y: undefined } })],
    ['a coordinate that is a number', 'key', withHeader({ jwk: { ...key.jwk, x: 1 } })],
    ['a coordinate of 31 bytes', 'key', withHeader({ jwk: { ...key.jwk, x: 'A'.repeat(42) } })],
    ['a coordinate with padding', 'key', withHeader({ jwk: { ...key.jwk, x: `${key.jwk.x}=` } })],
    [
      'a coordinate with spare bits',
      'key',
      withHeader({ jwk: { ...key.jwk, x: `${'A'.repeat(42)}B` } }),
    ],
    ['a symmetric key', 'private_key', withHeader({ jwk: { kty: 'oct', k: 'AAAA' } })],
    [
      'the private key',
      'private_key',
      withHeader({ jwk: key.privateKey.export({ format: 'jwk' }) }),
    ],
    [
      'the private key on Ed25519',
      'private_key',
      withHeader({ jwk: edwardsKey.privateKey.export({ format: 'jwk' }) }, edwardsKey),
    ],
    ['a private member that is empty', 'private_key', withHeader({ jwk: { ...key.jwk, d: '' } })],
    ['a private member that is null', 'private_key', withHeader({ jwk: { ...key.jwk, d: null } })],
    [
      'the private key of RSA',
      'private_key',
      withHeader({ alg: 'ES256', jwk: rsaKey.privateKey.export({ format: 'jwk' }) }),
    ],
    [
      'a point that is not on the curve',
      'signature',
      withHeader({ jwk: { ...key.jwk, y: otherKey.jwk.y } }),
    ],
    [
      'the point zero',
      'signature',
      withHeader({ jwk: { ...key.jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) } }),
    ],
    [
      'a coordinate beyond the field',
      'signature',
      withHeader({ jwk: { ...key.jwk, x: `${'_'.repeat(42)}8` } }),
    ],
    [
      "another session's key",
      'other_key',
      proofWith({}, otherKey),
      { ...demand, expectedThumbprint: key.thumbprint },
    ],
    [
      'the key of the session, without its signature',
      'signature',
      withHeader({ jwk: key.jwk }, otherKey),
      { ...demand, expectedThumbprint: key.thumbprint },
    ],
    [
      'an empty thumbprint to expect',
      'other_key',
      proofWith(),
      { ...demand, expectedThumbprint: '' },
    ],

    // The signature (6).
    ['a signature by another key', 'signature', withHeader({ jwk: otherKey.jwk })],
    ['a signature of another proof', 'signature', withSignature(proofWith().split('.')[2] ?? '')],
    ['a signature of zeros', 'signature', withSignature('A'.repeat(86))],
    ['a signature of zeros on Ed25519', 'signature', resignedBy(edwardsKey, 'A'.repeat(86))],
    ['a signature of one byte', 'signature', withSignature('AA')],
    ['half a signature', 'signature', withSignature('A'.repeat(43))],
    [
      'a byte after the signature',
      'signature',
      resigned((text) =>
        Buffer.concat([Buffer.from(signatureOf(key, text), 'base64url'), Buffer.alloc(1)]).toString(
          'base64url',
        ),
      ),
    ],
    [
      'a signature in DER',
      'signature',
      resigned((text) => sign('sha256', Buffer.from(text), key.privateKey).toString('base64url')),
    ],
    [
      'a signature with another hash',
      'signature',
      resigned((text) =>
        sign('sha384', Buffer.from(text), {
          key: key.privateKey,
          dsaEncoding: 'ieee-p1363',
        }).toString('base64url'),
      ),
    ],
    [
      'a signature of the claims alone',
      'signature',
      resigned((text) => signatureOf(key, text.split('.')[1] ?? '')),
    ],

    // Claims (3).
    ['no claims', 'claims', `${encode(proofHeader(key, {}))}.${encode({})}.AAAA`],
    ['no id', 'claims', withClaims({ jti: undefined })],
    ['an empty id', 'claims', withClaims({ jti: '' })],
    ['an id of 129 characters', 'claims', withClaims({ jti: 'a'.repeat(129) })],
    ['an id that is a number', 'claims', withClaims({ jti: 1 })],
    ['an id that PostgreSQL cannot store', 'claims', withClaims({ jti: 'a\u0000' })],
    ['an id with half a surrogate', 'claims', withClaims({ jti: '\ud800' })],
    ['an id with a line break', 'claims', withClaims({ jti: 'a\n' })],
    ['no method', 'claims', withClaims({ htm: undefined })],
    ['a list of methods', 'claims', withClaims({ htm: ['POST'] })],
    ['no URL', 'claims', withClaims({ htu: undefined })],
    ['a list of URLs', 'claims', withClaims({ htu: [URL_ASKED_FOR] })],
    ['no time', 'claims', withClaims({ iat: undefined })],
    ['a time that is a text', 'claims', withClaims({ iat: String(NOW_MS / 1000) })],
    ['a time before 1970', 'claims', withClaims({ iat: -1 })],
    ['a time after the year 9999', 'claims', withClaims({ iat: 253_402_300_800 })],
    ['a nonce that is a number', 'claims', withClaims({ nonce: 1 })],
    ['a nonce that is null', 'claims', withClaims({ nonce: null })],
    ['a hash that is a list', 'claims', withClaims({ ath: [sha256(ACCESS_TOKEN)] }), withToken],

    // `htm` (8) and `htu` (9).
    ['another method', 'method', proofWith({ method: 'GET' })],
    ['the method in small letters', 'method', proofWith({ method: 'post' })],
    ['an empty method', 'method', proofWith({ method: '' })],
    ['another path', 'url', proofWith({ url: 'https://auth.example.com/api/auth/login' })],
    ['a path in capitals', 'url', proofWith({ url: 'https://auth.example.com/API/auth/refresh' })],
    ['another host', 'url', proofWith({ url: 'https://evil.example/api/auth/refresh' })],
    ['another scheme', 'url', proofWith({ url: 'http://auth.example.com/api/auth/refresh' })],
    ['another port', 'url', proofWith({ url: 'https://auth.example.com:8443/api/auth/refresh' })],
    ['a path alone', 'url', proofWith({ url: '/api/auth/refresh' })],
    ['an empty URL', 'url', proofWith({ url: '' })],
    ['a user', 'url', proofWith({ url: 'https://user@auth.example.com/api/auth/refresh' })],
    [
      'our host as the user of another',
      'url',
      proofWith({ url: 'https://auth.example.com@evil.example/api/auth/refresh' }),
    ],
    ['no URL that we know of', 'url', proofWith(), { ...demand, urls: [] }],

    // `ath` (12).
    ['no hash of the access token', 'access_token', proofWith(), withToken],
    [
      'the hash of another access token',
      'access_token',
      proofWith({ accessToken: 'another' }),
      withToken,
    ],
    ['the access token itself', 'access_token', withClaims({ ath: ACCESS_TOKEN }), withToken],
    ['an empty hash', 'access_token', withClaims({ ath: '' }), withToken],
    [
      'the hash with padding',
      'access_token',
      withClaims({ ath: `${sha256(ACCESS_TOKEN)}=` }),
      withToken,
    ],
    [
      'no hash of an empty access token',
      'access_token',
      proofWith(),
      { ...demand, accessToken: '' },
    ],

    // `iat` and `nonce` (10 and 11).
    ['an old proof', 'stale', proofWith({ nowMs: NOW_MS - 2 * MINUTE_MS })],
    ['a proof of the future', 'stale', proofWith({ nowMs: NOW_MS + 2 * MINUTE_MS })],
    ['a time in milliseconds', 'stale', withClaims({ iat: NOW_MS / 10 })],
    [
      'an old proof with an empty nonce',
      'stale',
      proofWith({ nowMs: NOW_MS - YEAR_MS, nonce: '' }),
    ],
    [
      'an old proof with an old nonce',
      'stale',
      proofWith({ nowMs: NOW_MS - YEAR_MS, nonce: newNonce(nonceKey, NOW_MS - YEAR_MS) }),
    ],
    [
      "an old proof with another server's nonce",
      'stale',
      proofWith({
        nowMs: NOW_MS - YEAR_MS,
        nonce: newNonce(createSecretKey(Buffer.alloc(32, 2)), NOW_MS),
      }),
    ],
  ];

  it.each(BAD)('refuses %s: %s', (_family, reason, header, demanded = demand) => {
    expect(reasonOf(header, demanded)).toBe(reason);
  });

  describe('without a good nonce', () => {
    it.each([
      [-60_001, 'stale'],
      [-60_000, 'stale'],
      [-59_999, 'good'],
      [0, 'good'],
      [59_999, 'good'],
      [60_000, 'good'],
      [60_001, 'stale'],
    ])('judges a proof of %d ms from now: %s', (fromNowMs, expected) => {
      expect(reasonOf(withClaims({ iat: (NOW_MS + fromNowMs) / 1000 }))).toBe(expected);
    });
  });

  describe('with a good nonce', () => {
    const nonce = newNonce(nonceKey, NOW_MS);
    const bucketEndMs = NOW_MS - (NOW_MS % MINUTE_MS) + 3 * MINUTE_MS;

    it.each([
      ['a year behind', -YEAR_MS],
      ['a year ahead', YEAR_MS],
      ['at 1970', -NOW_MS],
    ])('accepts a client whose clock is %s', (_clock, fromNowMs) => {
      expect(reasonOf(proofWith({ nowMs: NOW_MS + fromNowMs, nonce }))).toBe('good');
    });

    it('is good as long as the nonce, if that is longer', () => {
      const check = checkProof(proofWith({ nonce }), demand);
      expect(check).toMatchObject({ kind: 'good', goodUntilMs: bucketEndMs });
    });

    it('is good again when a clock that was ahead is right, so that a store may remember it', () => {
      const proof = proofWith({ nowMs: NOW_MS + YEAR_MS, nonce });
      const goodUntilMs = NOW_MS + YEAR_MS + MINUTE_MS;
      expect(checkProof(proof, demand)).toMatchObject({ kind: 'good', goodUntilMs });
      const at = (nowMs: number) => reasonOf(proof, { ...demand, nowMs });
      expect(at(bucketEndMs)).toBe('stale');
      expect(at(goodUntilMs - 1)).toBe('good');
      expect(at(goodUntilMs)).toBe('stale');
    });
  });

  it('says that a proof is stale only if nothing else is wrong with it', () => {
    const old = { nowMs: NOW_MS - YEAR_MS };
    expect(reasonOf(proofWith({ ...old, method: 'GET' }))).toBe('method');
    expect(reasonOf(proofWith({ ...old, header: { jwk: otherKey.jwk } }))).toBe('signature');
  });

  it('finds no good proof among 2,000 mutations of one', () => {
    const random = new Random(9449);
    const good = proofWith({ accessToken: ACCESS_TOKEN, nonce: newNonce(nonceKey, NOW_MS) });
    const other = proofWith({ accessToken: ACCESS_TOKEN }, otherKey);
    const demanded = { ...withToken, expectedThumbprint: key.thumbprint };
    expect(reasonOf(good, demanded)).toBe('good');
    const mutants = Array.from({ length: 2000 }, () => mutate(good, other, random));
    const goodMutants = mutants.filter(
      (mutant) => mutant !== good && reasonOf(mutant, demanded) === 'good',
    );
    expect(goodMutants).toEqual([]);
    expect(new Set(mutants).size).toBeGreaterThan(1500);
  });

  describe('with any text', () => {
    it('never throws', () => {
      const part = fc.json().map((text) => Buffer.from(text).toString('base64url'));
      const texts = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 5000 }),
        fc.tuple(part, part, part).map((parts) => parts.join('.')),
      );
      fc.assert(
        fc.property(fc.oneof(texts, fc.array(texts, { maxLength: 3 })), (header) => {
          expect(checkProof(header, demand).kind).toBe('bad');
        }),
        { numRuns: 1000 },
      );
    });

    it('never throws for any header and claims in good form, signed or not', () => {
      const members = (names: readonly string[]) =>
        fc.dictionary(fc.constantFrom(...names), fc.jsonValue(), { maxKeys: 3 });
      const jwk = members(['kty', 'crv', 'x', 'y', 'd']).map((some) => ({ ...key.jwk, ...some }));
      const header = fc.oneof(members(['typ', 'alg', 'jwk', 'crit']), fc.record({ jwk }));
      const claims = members(['jti', 'htm', 'htu', 'iat', 'nonce', 'ath']);
      fc.assert(
        fc.property(header, claims, (someHeader, someClaims) => {
          const proof = proofWith({ header: someHeader, claims: someClaims });
          expect(() => checkProof(proof, demand)).not.toThrow();
        }),
        { numRuns: 1000 },
      );
    });

    /** Texts that keep a parser or a pattern busy, as long as they may be and longer. */
    it.each([
      ['lists in lists', `${Buffer.from('['.repeat(1500)).toString('base64url')}.AAAA.AAAA`],
      ['dots', '.'.repeat(4096)],
      ['one long part', `${'A'.repeat(4090)}.AA.A`],
      ['a URL with a long host', withClaims({ htu: `https://${'a.'.repeat(1200)}/` })],
      ['a URL with many dot segments', withClaims({ htu: `https://h/${'../'.repeat(700)}` })],
      ['a URL with many encoded characters', withClaims({ htu: `https://h/${'%41'.repeat(700)}` })],
      ['a megabyte', 'A.'.repeat(500_000)],
      ['a megabyte of commas', ','.repeat(1_000_000)],
    ])('works less than ten milliseconds on %s, on average', (_kind, text) => {
      const begin = performance.now();
      for (let count = 0; count < 100; count++) expect(checkProof(text, demand).kind).toBe('bad');
      expect(performance.now() - begin).toBeLessThan(1000);
    });
  });
});

/** Of another implementation. */
describe('the claim new_jkt', () => {
  const { thumbprint } = otherKey;
  const named = (new_jkt: unknown) => withClaims({ new_jkt });

  it('is what a good proof names as the next key', () => {
    expect(checkProof(named(thumbprint), demand)).toMatchObject({
      kind: 'good',
      newThumbprint: thumbprint,
    });
    expect(checkProof(proofWith(), demand)).toMatchObject({ newThumbprint: undefined });
  });

  it.each<[what: string, value: unknown]>([
    ['of 42 characters', thumbprint.slice(0, 42)],
    ['of 44 characters', `${thumbprint}A`],
    ['with padding', `${thumbprint}=`],
    ['with unused bits', `${thumbprint.slice(0, 42)}B`],
    ['in base64', `${thumbprint.slice(0, 41)}+/A`.slice(0, 43)],
    ['with a space before it', ` ${thumbprint.slice(0, 42)}`],
    ['with a line break after it', `${thumbprint}\n`],
    ['that is empty', ''],
    ['that is null', null],
    ['that is a number', 43],
    ['that is a list', [thumbprint]],
    ['that is an object', { jkt: thumbprint }],
  ])('is refused with a thumbprint %s', (_what, value) => {
    expect(reasonOf(named(value))).toBe('claims');
    expect(hasNewKey(named(value))).toBe(true);
  });

  it('is seen in proofs that are bad, too', () => {
    for (const claims of [{ htm: 'GET' }, { iat: 0 }, { jti: undefined }])
      expect(hasNewKey(withClaims({ ...claims, new_jkt: thumbprint }))).toBe(true);
  });

  it.each<[what: string, header: string | string[] | undefined]>([
    ['none', undefined],
    ['one without it', proofWith()],
    ['two', [named(thumbprint), named(thumbprint)]],
    ['one that is no proof', 'nonsense'],
    ['one that is too long', withClaims({ new_jkt: 'A'.repeat(5000) })],
  ])('is not seen in %s, which names no key in good form either', (_what, header) => {
    expect(hasNewKey(header)).toBe(false);
  });
});

describe('checkProof with proofs of npm "dpop"', () => {
  const url = URL_ASKED_FOR;

  it.each(['ES256', 'Ed25519'] as const)('accepts those with %s', async (algorithm) => {
    const pair = await generateKeyPair(algorithm);
    const nonce = newNonce(nonceKey, Date.now());
    const thumbprint = await calculateThumbprint(pair.publicKey);
    const nowMs = Date.now();
    const proofs = [
      await generateProof(pair, url, METHOD, undefined, ACCESS_TOKEN),
      await generateProof(pair, url, METHOD, nonce, ACCESS_TOKEN),
    ];
    for (const proof of proofs) {
      const check = checkProof(proof, { ...withToken, expectedThumbprint: thumbprint, nowMs });
      expect(check).toMatchObject({ kind: 'good', thumbprint });
    }
  });
});

function x25519Jwk(): object {
  return generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
}

function resignedBy(by: ClientKey, signature: string): string {
  return `${proofWith({}, by).split('.').slice(0, 2).join('.')}.${signature}`;
}

/** Changes a text in one of the ways in which it could be changed on purpose or by chance. */
function mutate(good: string, other: string, random: Random): string {
  const at = random.whole(0, good.length - 1);
  const [before, after] = [good.slice(0, at), good.slice(at + 1)];
  const character = random.pick([...'AZaz09-_.=+/, ~', '\n', '\u0000', 'é', '\ud83d']);
  const parts = good.split('.');
  const index = random.whole(0, 2);
  return random.pick([
    () => before + character + after,
    () => before + after,
    () => before + character + good.slice(at),
    () => before + flipCase(good[at] ?? '') + after,
    () => before,
    () => good + good.slice(at),
    () => parts.with(index, other.split('.')[index] ?? '').join('.'),
    () => parts.with(index, flipBit(parts[index] ?? '', random)).join('.'),
    () => parts.with(index, swapDigits(parts[index] ?? '', random)).join('.'),
  ])();
}

function flipCase(character: string): string {
  const upper = character.toUpperCase();
  return upper === character ? character.toLowerCase() : upper;
}

function flipBit(part: string, random: Random): string {
  const bytes = Buffer.from(part, 'base64url');
  const at = random.whole(0, bytes.length - 1);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(0, 7));
  return bytes.toString('base64url');
}

/** Another character for one in the decoded part, so that JSON mostly stays JSON. */
function swapDigits(part: string, random: Random): string {
  const text = Buffer.from(part, 'base64url').toString('latin1');
  const at = random.whole(0, text.length - 1);
  const changed = text.slice(0, at) + random.pick([...'0189azAZ']) + text.slice(at + 1);
  return Buffer.from(changed, 'latin1').toString('base64url');
}
