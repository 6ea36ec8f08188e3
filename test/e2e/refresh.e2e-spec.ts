import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { Api, claimsOf, outcomeOf, refreshTokenOf, wholeOrBegun } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

describe('POST /api/auth/refresh', () => {
  let app: TestApp;
  let browser: Api;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    browser = new Api(app.url);
  });

  const signIn = async () => refreshTokenOf(await browser.register());
  const next = async (token: string, client = browser) =>
    refreshTokenOf((await client.refresh(token)).body);

  it('answers with new tokens of the same session, by header or by body', async () => {
    const signedIn = await browser.register();
    const first = await browser.refresh(refreshTokenOf(signedIn));
    expect(outcomeOf(first)).toBe('rotated');
    expect(first.body).toMatchObject({
      token_type: 'bearer',
      expires_in: 28_800,
      session_id: signedIn.session_id,
      user: signedIn.user,
    });
    expect(claimsOf(refreshTokenOf(first.body))).toMatchObject({
      gen: 1,
      key: 1,
      parent: 1,
      sid: signedIn.session_id,
    });

    const second = await browser.call('POST', '/auth/refresh', {
      body: { refresh_token: first.body.refresh_token },
    });
    expect(outcomeOf(second)).toBe('rotated');
  });

  it('judges a refresh token in the header, whatever the body brings', async () => {
    const token = await signIn();
    const forged = `${token.slice(0, -4)}AAAA`;
    const response = await browser.call('POST', '/auth/refresh', {
      token: forged,
      body: { refresh_token: token },
    });
    expect(response.body).toMatchObject({ code: 'token_invalid', clear_credentials: true });
  });

  it.each(['access token', 'undefined', 'null', 'nonsense', 'a.b.c'])(
    'passes over %s in the header, and judges the refresh token in the body',
    async (inHeader) => {
      const signedIn = await browser.register();
      const response = await browser.call('POST', '/auth/refresh', {
        token: inHeader === 'access token' ? signedIn.access_token : inHeader,
        body: { refresh_token: refreshTokenOf(signedIn) },
      });
      expect(outcomeOf(response)).toBe('rotated');
    },
  );

  describe('by an access token alone', () => {
    const byAccess = (token: string) =>
      browser.call<TokenResponse>('POST', '/auth/refresh', { token });

    it('answers with an access token that lives longer, and no refresh token', async () => {
      const { access_token, session_id, user } = await browser.register();
      app.clock.advance({ hours: 7 });
      const response = await byAccess(access_token);
      expect(outcomeOf(response)).toBe('renewed');
      expect(response.body).toMatchObject({ token_type: 'bearer', session_id, user });
      expect(response.body).not.toHaveProperty('refresh_token');
      expect(response.body).not.toHaveProperty('refresh_expires_in');
      expect(response.body.expires_in).toBeGreaterThan(8 * 3600 - 5);
      expect(claimsOf(response.body.access_token)).toMatchObject({
        sid: session_id,
        renew_until: claimsOf(access_token).renew_until,
      });
      expect((await browser.me(response.body.access_token)).status).toBe(200);
      expect((await browser.me(access_token)).status).toBe(200);
    });

    it('goes no further than renewals may, and then gives one that lives as long', async () => {
      let { access_token: token } = await browser.register();
      const { renew_until } = claimsOf(token);
      for (let hours = 0; hours < 56; hours += 7) {
        app.clock.advance({ hours: 7 });
        token = (await byAccess(token)).body.access_token ?? token;
      }
      expect(claimsOf(token).exp).toBe(renew_until);
      app.clock.advance({ seconds: 10 });
      expect((await byAccess(token)).body.code).toBe('token_expired');
    });

    it('leaves the refresh token of the session as it is', async () => {
      const signedIn = await browser.register();
      await byAccess(signedIn.access_token);
      expect(outcomeOf(await browser.refresh(refreshTokenOf(signedIn)))).toBe('rotated');
    });

    it('answers as a guarded route does where it is past its expiry, ended, or none of ours', async () => {
      const { access_token: token } = await browser.register();
      expect((await byAccess(`${token.slice(0, -4)}AAAA`)).body).toMatchObject({
        code: 'token_invalid',
        clear_credentials: false,
      });
      app.clock.advance({ hours: 9 });
      expect((await byAccess(token)).body).toMatchObject({
        code: 'token_expired',
        clear_credentials: false,
      });
      const another = await browser.register();
      await browser.logout(another.access_token);
      expect((await byAccess(another.access_token)).body).toMatchObject({
        code: 'session_revoked',
        clear_credentials: true,
      });
    });
  });

  it('gives tokens of the same second different texts', async () => {
    const token = await signIn();
    const responses = await Promise.all([browser.refresh(token), browser.refresh(token)]);
    const texts = responses.flatMap(({ body }) => [body.access_token, body.refresh_token]);
    expect(new Set(texts).size).toBe(4);
  });

  it('two refreshes at once: both get the same place in the chain, and either token goes on', async () => {
    for (const kept of [0, 1]) {
      const token = await signIn();
      const responses = await Promise.all([browser.refresh(token), browser.refresh(token)]);
      expect(responses.map(outcomeOf).sort()).toEqual(['replayed', 'rotated']);
      const response = responses[kept];
      expect(response && outcomeOf(await browser.refresh(refreshTokenOf(response.body)))).toBe(
        'rotated',
      );
    }
  });

  it('the slower answer is the one kept: its token goes on', async () => {
    const token = await signIn();
    await browser.refresh(token);
    const slower = await browser.refresh(token);
    expect(outcomeOf(slower)).toBe('replayed');
    expect(outcomeOf(await browser.refresh(refreshTokenOf(slower.body)))).toBe('rotated');
  });

  it.each([
    ['1 s', { seconds: 1 }, 'replayed'],
    ['1 h', { hours: 1 }, 'reissued'],
    ['1 day', { days: 1 }, 'reissued'],
  ])('answer lost, retry after %s: the session goes on', async (_later, time, outcome) => {
    const token = await signIn();
    await browser.refresh(token);
    app.clock.advance(time);
    const retry = await browser.refresh(token);
    expect(outcomeOf(retry)).toBe(outcome);
    expect(outcomeOf(await browser.refresh(refreshTokenOf(retry.body)))).toBe('rotated');
  });

  it('crash between commit and answer: what the dead process committed costs nobody the session', async () => {
    const token = await signIn();
    const { sid } = claimsOf(token);
    // The statement was committed, and no client got its response.
    await app.database.query(
      `UPDATE sessions SET generation = 0, generation_key = 1, next_key = 1, version = version + 1,
         children = jsonb_build_array(jsonb_build_array(1, 'unknown', (extract(epoch FROM clock_timestamp()) * 1000)::bigint))
       WHERE id = $1`,
      [sid],
    );
    const retry = await browser.refresh(token);
    expect(outcomeOf(retry)).toBe('reissued');
    expect(outcomeOf(await browser.refresh(refreshTokenOf(retry.body)))).toBe('rotated');
  });

  describe('thief', () => {
    it('replays the last-but-one token inside the window: gets a sibling, and the first of the two that is used gives the other away', async () => {
      const thief = browser.anotherDevice();
      const old = await signIn();
      const current = await next(old);
      const newest = await next(current);
      const stolen = await thief.refresh(old);
      expect(outcomeOf(stolen)).toBe('reissued');
      await browser.refresh(newest);
      expect(outcomeOf(await thief.refresh(refreshTokenOf(stolen.body)))).toBe(
        'refresh_reuse_detected',
      );
    });

    it('replays the last-but-one token after the window: the session ends', async () => {
      const old = await signIn();
      const current = await next(old);
      const newest = await next(current);
      app.clock.advance({ seconds: 10 });
      const response = await browser.anotherDevice().refresh(old);
      expect(response.body).toMatchObject({
        status: 401,
        code: 'refresh_reuse_detected',
        clear_credentials: true,
        retryable: false,
      });
      expect(outcomeOf(await browser.refresh(newest))).toBe('session_revoked');
    });

    it('replays an older token: the session ends, and no other session of the user', async () => {
      const { email, ...signedIn } = await browser.register();
      const other = await browser.login(email);
      let token = refreshTokenOf(signedIn);
      for (let round = 0; round < 4; round++) {
        token = await next(token);
        app.clock.advance({ minutes: 1 });
      }
      expect(outcomeOf(await browser.anotherDevice().refresh(refreshTokenOf(signedIn)))).toBe(
        'refresh_reuse_detected',
      );
      expect(outcomeOf(await browser.refresh(token))).toBe('session_revoked');
      expect((await browser.me(signedIn.access_token)).body.code).toBe('session_revoked');
      expect(outcomeOf(await browser.refresh(refreshTokenOf(other.body)))).toBe('rotated');
    });

    it.each([0, 3, 30])(
      'and victim take turns, %d s between: found out after two changes of turn',
      async (seconds) => {
        const parties = [browser, browser.anotherDevice()];
        const shared = await signIn();
        const tokens = [shared, shared];
        const told: string[] = [];
        for (let turn = 0; turn < 6; turn++) {
          const party = turn % 2;
          const response = await (parties[party] as Api).refresh(tokens[party] as string);
          told.push(outcomeOf(response));
          if (response.status !== 200) break;
          tokens[party] = refreshTokenOf(response.body);
          app.clock.advance({ seconds });
        }
        expect(told).toEqual(['rotated', 'reissued', 'rotated', 'refresh_reuse_detected']);
      },
    );
  });

  it('a client that never stores the rotated token goes on until the token itself expires', async () => {
    const token = await signIn();
    for (let day = 0; day < 29; day++) {
      const response = await browser.refresh(token);
      expect(outcomeOf(response)).toBe(day === 0 ? 'rotated' : 'reissued');
      expect((await browser.me(response.body.access_token)).status).toBe(200);
      app.clock.advance({ days: 1 });
    }
    app.clock.advance({ days: 2 });
    expect(outcomeOf(await browser.refresh(token))).toBe('session_expired');
  });

  it('a server-side renderer that refreshes and cannot hand the token on leaves the browser signed in', async () => {
    const renderer = browser.anotherDevice();
    let token = await signIn();
    for (let page = 0; page < 5; page++) {
      expect(outcomeOf(await renderer.refresh(token))).toBe('rotated');
      const response = await browser.refresh(token);
      expect(outcomeOf(response)).toBe('reissued');
      token = refreshTokenOf(response.body);
      app.clock.advance({ minutes: 5 });
    }
  });

  it('expired token replayed: only expired, never reuse, however old', async () => {
    const old = await signIn();
    let token = await next(old);
    app.clock.advance({ days: 25 });
    token = await next(token);
    app.clock.advance({ days: 6 });
    const response = await browser.refresh(old);
    expect(response.body).toMatchObject({
      status: 401,
      code: 'session_expired',
      clear_credentials: true,
    });
    expect(outcomeOf(await browser.refresh(token))).toBe('rotated');
  });

  it('ends with the absolute lifetime, however often it was refreshed', async () => {
    let token = await signIn();
    for (let week = 0; week < 12; week++) {
      app.clock.advance({ days: 7 });
      token = await next(token);
    }
    const response = await browser.refresh(token);
    expect(response.body.refresh_expires_in).toBeLessThanOrEqual(6 * 86_400);
    app.clock.advance({ days: 6, seconds: 10 });
    expect(outcomeOf(await browser.refresh(refreshTokenOf(response.body)))).toBe('session_expired');
  });

  it.each([
    ['true', true, 30],
    ['false', false, 1],
    ['not given', undefined, 30],
  ])('keeps the lifetime that remember_me (%s) chose', async (_given, remember_me, days) => {
    const { email } = await browser.register();
    const login = await browser.login(email, { remember_me });
    expect(wholeOrBegun(days * 86_400)).toContain(login.body.refresh_expires_in);
    const refreshed = await browser.refresh(refreshTokenOf(login.body));
    expect(wholeOrBegun(days * 86_400)).toContain(refreshed.body.refresh_expires_in);
  });

  it('asks for a token', async () => {
    for (const body of [undefined, {}, { refresh_token: '' }]) {
      expect((await browser.call('POST', '/auth/refresh', { body })).body).toMatchObject({
        code: 'token_missing',
        clear_credentials: false,
      });
    }
  });

  it('refuses a token that is none of ours, and says to forget it', async () => {
    const forged = `${(await signIn()).slice(0, -4)}AAAA`;
    for (const token of [forged, 'nonsense', 'a.b.c', 'undefined']) {
      expect((await browser.refresh(token)).body).toMatchObject({
        status: 401,
        code: 'token_invalid',
        clear_credentials: true,
      });
    }
  });

  it('says that the session is over where its row is gone', async () => {
    const token = await signIn();
    await app.database.query('DELETE FROM sessions WHERE id = $1', [claimsOf(token).sid]);
    expect((await browser.refresh(token)).body).toMatchObject({
      code: 'session_revoked',
      clear_credentials: true,
    });
  });

  it('gives a deactivated user nothing', async () => {
    const token = await signIn();
    await app.database.query('UPDATE users SET deactivated_at = now() WHERE id = $1', [
      claimsOf(token).sub,
    ]);
    expect(outcomeOf(await browser.refresh(token))).toBe('session_revoked');
  });
});

describe('POST /api/auth/refresh under ROTATION_POLICY=strict', () => {
  it('forgives racing tabs inside the window, and nothing after it', async () => {
    const app = await startApp({ env: { ROTATION_POLICY: 'strict' } });
    const browser = new Api(app.url);
    const token = refreshTokenOf(await browser.register());
    expect(outcomeOf(await browser.refresh(token))).toBe('rotated');
    expect(outcomeOf(await browser.refresh(token))).toBe('replayed');
    app.clock.advance({ seconds: 11 });
    expect(outcomeOf(await browser.refresh(token))).toBe('refresh_reuse_detected');
    await app.close();
  });
});

describe('REFRESH_TOKEN_ENABLED=false', () => {
  it('gives access tokens only, and renews them on the refresh route', async () => {
    const app = await startApp({ env: { REFRESH_TOKEN_ENABLED: 'false' } });
    const browser = new Api(app.url);
    const signedIn = await browser.register();
    expect(Object.keys(signedIn)).not.toContain('refresh_token');
    expect((await browser.me(signedIn.access_token)).status).toBe(200);
    const renewed = await browser.refresh(signedIn.access_token);
    expect([outcomeOf(renewed), renewed.body.refresh_token]).toEqual(['renewed', undefined]);
    expect((await browser.me(renewed.body.access_token)).status).toBe(200);
    await app.close();
  });
});
