import { createHmac, createSecretKey } from 'node:crypto';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import type { TokenKind } from '../../src/auth/tokens/keys/token-key.js';
import { TokenKeys } from '../../src/auth/tokens/token-keys.js';
import {
  Api,
  claimsOf,
  headerOf,
  outcomeOf,
  refreshTokenOf,
  wholeOrBegun,
} from '../support/api.js';
import { startApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { serverEnvironment, startServer } from '../support/server-process.js';

describe('tokens', () => {
  let app: TestApp;
  let browser: Api;
  let good: { access: string; refresh: string };

  beforeAll(async () => {
    app = await startApp();
    browser = new Api(app.url);
    const signedIn = await browser.register();
    good = { access: signedIn.access_token, refresh: refreshTokenOf(signedIn) };
  });
  afterAll(() => app.close());

  const present = async (kind: TokenKind, token: string) =>
    kind === 'access' ? browser.me(token) : browser.refresh(token);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  /**
   * Signs with the server's own key, which an attacker cannot do, so that the named fault is the
   * only reason for a rejection.
   */
  function forge(
    kind: TokenKind,
    header: object,
    claims: object,
    key = app.nest.get(TokenKeys, { strict: false }).signing(kind).key,
  ): string {
    const text = `${encode({ ...headerOf(good[kind]), ...header })}.${encode({ ...claimsOf(good[kind]), ...claims })}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  }

  it('are taken when forged with the right key and nothing changed', async () => {
    for (const kind of ['access', 'refresh'] as const)
      expect((await present(kind, forge(kind, {}, {}))).status).toBe(200);
  });

  describe.each(['access', 'refresh'] as const)('an %s token is refused with', (kind) => {
    it.each([
      ['another type', { typ: kind === 'access' ? 'rt+jwt' : 'at+jwt' }, {}],
      ['no type', { typ: undefined }, {}],
      ['another algorithm', { alg: 'HS512' }, {}],
      ['an unknown key id', { kid: 'unknown' }, {}],
      ['no key id', { kid: undefined }, {}],
      ['a critical extension', { crit: ['exp'] }, {}],
      ['an unencoded payload', { b64: false }, {}],
      ['an embedded key', { jwk: { kty: 'oct', k: 'AAAA' } }, {}],
      ['a key address', { jku: 'http://127.0.0.1/keys' }, {}],
      ['another issuer', {}, { iss: 'somebody' }],
      ['another audience', {}, { aud: 'somebody' }],
      ['no expiry', {}, { exp: undefined }],
      ['an expiry that is a text', {}, { exp: '9999999999' }],
      ['an endless expiry', {}, { exp: null }],
      ['no session', {}, { sid: undefined }],
      ['a session that is no id', {}, { sid: "' OR 1=1" }],
      ['a negative epoch', {}, { epoch: -1 }],
      ['a fractional epoch', {}, { epoch: 0.5 }],
      ['a time before which it is not valid', {}, { nbf: 9_999_999_999 }],
    ])('%s', async (_what, header, claims) => {
      expect((await present(kind, forge(kind, header, claims))).body).toMatchObject({
        status: 401,
        code: 'token_invalid',
      });
    });

    it('another spelling of a part', async () => {
      const [head = '', payload = '', signature = ''] = good[kind].split('.');
      const lastTwin =
        signature.slice(0, -1) +
        String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1);
      const spellings = [
        `${head}.${payload}.${signature}=`,
        `${head}=.${payload}.${signature}`,
        `${head}.${payload}.${lastTwin}`,
        `${head}.${payload}.${signature}.`,
        ` ${head} .${payload}.${signature}`,
      ];
      for (const token of spellings)
        expect([token, (await present(kind, token)).body.code]).toEqual([token, 'token_invalid']);
    });

    it.each(['none', 'None', 'NONE', 'nOnE'])('the algorithm %s', async (alg) => {
      const [, payload] = good[kind].split('.');
      for (const signature of ['', good[kind].split('.')[2]]) {
        expect(
          (
            await present(
              kind,
              `${encode({ ...headerOf(good[kind]), alg })}.${payload}.${signature}`,
            )
          ).body.code,
        ).toBe('token_invalid');
      }
    });

    it('the undivided secret as its key', async () => {
      const token = forge(kind, {}, {}, createSecretKey(Buffer.from(TEST_SECRET)));
      expect((await present(kind, token)).body.code).toBe('token_invalid');
    });
  });

  const refreshTokenIn = ({ body }: { body: object }) => (body as TokenResponse).refresh_token;

  describe('an access token lives for 24 hours at most, from a moment that is not ahead', () => {
    const now = () => Math.floor((Date.now() + app.clock.offsetMs) / 1000);
    const DAY = 86_400;

    it.each([
      ['for 24 hours', 0, DAY, 200],
      ['for a second more', 0, DAY + 1, 401],
      ['for ten years', 0, 3650 * DAY, 401],
      ['from 3 s ahead', 3, 60, 200],
      ['from a minute ahead', 60, 120, 401],
      ['from next year', 365 * DAY, 366 * DAY, 401],
    ])('%s', async (_, iat, exp, status) => {
      const token = forge('access', {}, { iat: now() + iat, exp: now() + exp });
      expect((await present('access', token)).status).toBe(status);
    });
  });

  it('of one kind never pass for the other, in whatever position', async () => {
    for (const path of ['/users/me', '/sessions', '/auth/verify', '/auth/events']) {
      expect((await browser.call('GET', path, { token: good.refresh })).body).toMatchObject({
        code: 'token_invalid',
        clear_credentials: false,
      });
    }
    const page = { origin: app.url, 'x-requested-with': 'fetch' };
    const inCookie = { ...page, cookie: `evergreen_refresh_token=${good.access}` };
    for (const position of [{ token: good.access }, { body: { refresh_token: good.access } }]) {
      const response = await browser.call('POST', '/auth/refresh', position);
      expect([outcomeOf(response), refreshTokenIn(response)]).toEqual(['renewed', undefined]);
    }
    expect((await browser.call('POST', '/auth/refresh', { headers: inCookie })).body).toMatchObject(
      { code: 'token_invalid', clear_credentials: true },
    );
  });

  it('of a session that has ended stay dead in every spelling', async () => {
    const { access_token, refresh_token = '' } = await browser.register();
    await browser.logout(access_token);
    for (const spelling of [
      access_token,
      `${access_token}=`,
      `${access_token}.`,
      access_token.replace('.', '=.'),
    ]) {
      expect((await browser.me(spelling)).body.code).toMatch(/^(session_revoked|token_invalid)$/);
    }
    for (const spelling of [refresh_token, `${refresh_token}=`]) {
      expect((await browser.refresh(spelling)).body.code).toMatch(
        /^(session_revoked|token_invalid)$/,
      );
    }
  });

  it.each([
    ['gen', { gen: -1 }],
    ['gen', { gen: 2 ** 31 }],
    ['key', { key: 0 }],
    ['key', { key: '1' }],
    ['parent', { parent: undefined }],
  ])('for refreshing are refused with an odd %s', async (_claim, claims) => {
    expect((await present('refresh', forge('refresh', {}, claims))).body.code).toBe(
      'token_invalid',
    );
  });

  it('signed with the previous secret go on verifying while keys rotate; new ones are signed with the new secret', async () => {
    const newSecret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0011223344556677889ab0c1d2e3f4051';
    const secrets = { JWT_SECRET: newSecret, JWT_SECRET_PREVIOUS: TEST_SECRET };
    const rotated = await startServer({ ...serverEnvironment(app.database.url), ...secrets });
    const signedIn = await browser.register();
    const client = browser.at(rotated.url);
    expect((await client.me(signedIn.access_token)).status).toBe(200);
    const refreshed = await client.refresh(refreshTokenOf(signedIn));
    expect(refreshed.status).toBe(200);
    expect((await browser.me(refreshed.body.access_token)).body.code).toBe('token_invalid');
    await rotated.stop();
  });

  it('pass between instances before and after an exchange of secrets, where all knew the new one beforehand', async () => {
    const newSecret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0011223344556677889ab0c1d2e3f4051';
    const secretsOf = {
      old: { JWT_SECRET: TEST_SECRET, JWT_SECRET_PREVIOUS: newSecret },
      new: { JWT_SECRET: newSecret, JWT_SECRET_PREVIOUS: TEST_SECRET },
    };
    const before = await startApp({ beside: app, env: secretsOf.old });
    const after = await startApp({ beside: app, env: secretsOf.new });
    let tokens: TokenResponse = await browser.register();
    for (const { url } of [before, after, before, after]) {
      expect((await browser.at(url).me(tokens.access_token)).status).toBe(200);
      const response = await browser.at(url).refresh(refreshTokenOf(tokens));
      expect(outcomeOf(response)).toBe('rotated');
      tokens = response.body;
    }
    await before.close();
    await after.close();
  });

  it('of access end with their session at the latest', async () => {
    const short = await startApp({
      beside: app,
      env: { ACCESS_TOKEN_EXPIRE_MINUTES: '1440', SHORT_SESSION_EXPIRE_HOURS: '2' },
    });
    const { email } = await browser.register();
    const { body } = await browser.at(short.url).login(email, { remember_me: false });
    expect(body.expires_in).toBe(body.refresh_expires_in);
    expect(wholeOrBegun(7200)).toContain(body.refresh_expires_in);
    await short.close();
  });
});
