import { randomUUID } from 'node:crypto';
import { claimsAt, SigningKey, AUDIENCE, ISSUER } from './support/tokens.js';
import { settle } from './support/test-clock.js';
import { World } from './support/world.js';
import type { Verifier } from '../src/index.js';

describe('verify', () => {
  let world: World;
  let verifier: Verifier;

  beforeAll(async () => {
    world = await World.start();
    verifier = await world.liveVerifier();
  });

  afterAll(() => world.close());

  const kindOf = async (token: string) => (await verifier.verify(token)).kind;
  const now = () => Math.floor(world.clock.nowMs() / 1000);
  const signed = (claims: object, header: object = {}) =>
    world.server.key.sign(claimsAt(world.clock.nowMs(), claims), header);

  it.each<[string, object]>([
    ['another issuer', { iss: 'another' }],
    ['another audience', { aud: 'another' }],
    ['several audiences', { aud: [AUDIENCE] }],
    ['no audience', { aud: undefined }],
    ['an nbf', { nbf: 0 }],
    ['no session', { sid: undefined }],
    ['a session that is no UUID', { sid: 'session' }],
    ['no user', { sub: undefined }],
    ['no epoch', { epoch: undefined }],
    ['a negative epoch', { epoch: -1 }],
    ['an epoch that is too large', { epoch: 2 ** 31 }],
    ['no expiry', { exp: undefined }],
    ['an expiry that is a text', { exp: '9999999999' }],
    ['no auth_time', { auth_time: undefined }],
    ['roles that are no list', { roles: 'admin' }],
    ['roles that are no names', { roles: [1] }],
    ['a version of the claims that is no number', { claims_version: '1' }],
  ])('refuses a token with %s', async (_, claims) => {
    expect(await kindOf(signed(claims))).toBe('invalid');
  });

  it.each<[string, object]>([
    ['a refresh token', { typ: 'rt+jwt' }],
    ['an ID token', { typ: 'JWT' }],
    ['one without a type', { typ: undefined }],
    ['one with a critical extension', { crit: ['exp'], exp: 1 }],
    ['one with a key of its own', { jwk: new SigningKey().jwk }],
    ['one without a key', { kid: undefined }],
    ['one of the algorithm none', { alg: 'none' }],
    ['one of RS256', { alg: 'RS256' }],
  ])('refuses %s by its header', async (_, header) => {
    expect(await kindOf(signed({}, header))).toBe('invalid');
  });

  it('refuses the public key as a shared secret', async () => {
    // What is signed with a secret is asked for, and the server has no such key.
    world.server.verify = () => ({ status: 401, body: { code: 'token_invalid' } });
    expect(await kindOf(signed({}, { alg: 'HS256' }))).toBe('invalid');
  });

  it('refuses every text but the canonical one', async () => {
    const token = signed({});
    const [header = '', payload = '', signature = ''] = token.split('.');
    expect(await kindOf(token)).toBe('good');
    // The unused bits of the last character, padding, the other alphabet, blanks, further parts.
    const last = signature.at(-1) ?? '';
    const twin = String.fromCharCode(last.charCodeAt(0) + 1);
    const others = [
      `${header}.${payload}.${signature.slice(0, -1)}${twin}`,
      `${token}=`,
      `${token}==`,
      ` ${token}`,
      `${token}\n`,
      `${token}.`,
      `${token}.x`,
      `.${token}`,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${header}..${signature}`,
      `${header}.${payload}.${signature.replace(/[-_]/g, (c) => (c === '-' ? '+' : '/'))}=`,
      '',
      '.',
      '..',
      'x'.repeat(10_000),
    ];
    for (const other of others) expect([other, await kindOf(other)]).toEqual([other, 'invalid']);
    for (const other of [undefined, null, 5, {}])
      expect(await kindOf(other as string)).toBe('invalid');
  });

  it('refuses a token of which any character is another', async () => {
    const token = signed({});
    for (let place = 0; place < token.length; place += 1) {
      const other = token[place] === 'A' ? 'B' : 'A';
      if (token[place] === '.') continue;
      const changed = token.slice(0, place) + other + token.slice(place + 1);
      const verdict = verifier.verify(changed);
      // A name of a key that is not known.
      if (place < token.indexOf('.')) await world.clock.advance(1000);
      expect([place, (await verdict).kind]).toEqual([place, 'invalid']);
    }
  });

  it('refuses a token of another key under the name of ours', async () => {
    const forged = new SigningKey(world.server.key.kid).sign(claimsAt(world.clock.nowMs()));
    expect(await kindOf(forged)).toBe('invalid');
  });

  it.each([
    [-4, 'good'],
    [-5, 'expired'],
    [-6, 'expired'],
  ])('takes a token that expires in %d s for %s', async (seconds, kind) => {
    const exp = now() + seconds;
    expect(await kindOf(signed({ iat: exp - 60, exp }))).toBe(kind);
  });

  it.each([
    [4, 'good'],
    [5, 'good'],
    [7, 'invalid'],
  ])('takes a token that is issued in %d s for %s', async (seconds, kind) => {
    expect(await kindOf(signed({ iat: now() + seconds }))).toBe(kind);
  });

  it.each([
    [86_400, 'good'],
    [86_401, 'invalid'],
  ])('takes a token that lives for %d s for %s', async (seconds, kind) => {
    expect(await kindOf(signed({ exp: now() + seconds }))).toBe(kind);
  });

  it('takes a remembered token for expired once it is', async () => {
    const token = signed({ exp: now() + 10 });
    expect(await kindOf(token)).toBe('good');
    await world.clock.advance(15_000);
    expect(await kindOf(token)).toBe('expired');
  });

  it('takes tokens of an older epoch, or of older roles, for expired', async () => {
    const [sid, sub] = [randomUUID(), randomUUID()];
    const tokens = [
      signed({ sid, epoch: 1 }),
      signed({ sid, epoch: 2 }),
      signed({ sub }),
      signed({ sub, claims_version: 2 }),
      signed({ sub, claims_version: 3 }),
    ];
    expect(await Promise.all(tokens.map(kindOf))).toEqual(Array(5).fill('good'));
    world.server.revoke(sid, 2);
    world.server.revoke(sub, 3);
    await settle();
    expect(await Promise.all(tokens.map(kindOf))).toEqual([
      ...['expired', 'good'],
      ...['expired', 'expired', 'good'],
    ]);
    world.server.revoke(sid);
    await settle();
    expect(await kindOf(tokens[1] ?? '')).toBe('ended');
  });

  it('hands out what cannot be changed', async () => {
    const verdict = await verifier.verify(signed({ roles: ['admin'], team: { id: [1] } }));
    if (verdict.kind !== 'good') throw new Error(verdict.kind);
    const { roles, amr, claims } = verdict;
    for (const part of [verdict, roles, amr, claims, claims.team])
      expect(Object.isFrozen(part)).toBe(true);
    expect(claims).toEqual({ team: { id: [1] } });
  });

  it('remembers many tokens, and judges those that it has forgotten', async () => {
    const claims = claimsAt(world.clock.nowMs());
    const first = world.server.key.sign(claims);
    const verdict = await verifier.verify(first);
    for (let index = 0; index < 10_001; index += 1)
      await verifier.verify(world.server.key.sign({ ...claims, jti: index }));
    const again = await verifier.verify(first);
    expect(again).toEqual(verdict);
    expect(again).not.toBe(verdict);
  });

  it('says nothing of a token or of the service token to any log', async () => {
    for (const secret of ['service-token', 'eyJ'])
      expect(world.log.join('\n')).not.toContain(secret);
    expect(world.log.length).toBeGreaterThan(0);
  });
});

describe('createVerifier', () => {
  const OPTIONS = { issuer: ISSUER, audience: AUDIENCE, server: 'https://a', serviceToken: 'b' };

  it.each<[object, string]>([
    [{ issuer: '' }, 'issuer'],
    [{ audience: undefined }, 'audience'],
    [{ serviceToken: undefined }, 'serviceToken'],
    [{ serviceToken: 'a secret\nline' }, 'serviceToken'],
    [{ server: 'auth.example.com' }, 'server'],
    [{ server: 'ftp://auth.example.com' }, 'server'],
    [{ server: 'https://auth.example.com?x=1' }, 'server'],
    [{ clockToleranceSeconds: -1 }, 'clockToleranceSeconds'],
    [{ clockToleranceSeconds: 301 }, 'clockToleranceSeconds'],
    [{ maxRevocations: 0 }, 'maxRevocations'],
    [{ maxChecksAtOnce: NaN }, 'maxChecksAtOnce'],
  ])('fails with %j, and names %s', async (wrong, name) => {
    const { createVerifier } = await import('../src/index.js');
    expect(() => createVerifier({ ...OPTIONS, ...wrong })).toThrow(name);
  });
});
