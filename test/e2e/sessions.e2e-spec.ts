import { randomUUID } from 'node:crypto';
import { Api, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

interface SessionList {
  sessions: {
    id: string;
    device_name: string;
    ip: string;
    created_at: string;
    last_used_at: string;
    expires_at: string;
    current: boolean;
  }[];
  next_cursor: string | null;
}

describe('sessions', () => {
  let app: TestApp;
  let browser: Api;

  beforeAll(async () => {
    app = await startApp();
    browser = new Api(app.url);
  });
  afterAll(() => app.close());

  describe('GET /api/sessions', () => {
    it('lists my live sessions, last used first, and marks the one that asks', async () => {
      const { email, session_id, access_token, ...tokens } = await browser.register();
      app.clock.advance({ seconds: 1 });
      const phone = await browser.call<{ session_id: string }>('POST', '/auth/login', {
        body: { email, password: 'violet-Harbor-73-lantern' },
        headers: {
          'user-agent':
            'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
        },
      });
      const list = async () =>
        (await browser.call<SessionList>('GET', '/sessions', { token: access_token })).body
          .sessions;
      expect(await list()).toMatchObject([
        {
          id: phone.body.session_id,
          device_name: 'Safari on iPhone',
          ip: '127.0.0.1',
          current: false,
        },
        { id: session_id, current: true },
      ]);
      app.clock.advance({ seconds: 1 });
      await browser.refresh(refreshTokenOf({ ...tokens, session_id, access_token }));
      expect((await list()).map(({ id }) => id)).toEqual([session_id, phone.body.session_id]);
    });

    it('comes in pages', async () => {
      const { email, session_id, access_token: token } = await browser.register();
      const ids = [session_id];
      for (let count = 0; count < 4; count++) {
        // Two of them at the same moment.
        if (count !== 1) app.clock.advance({ seconds: 1 });
        ids.push((await browser.login(email)).body.session_id);
      }
      const page = async (query: string) =>
        (await browser.call<SessionList>('GET', `/sessions${query}`, { token })).body;
      const whole = await page('');
      expect(whole.next_cursor).toBeNull();
      const inOrder = whole.sessions.map(({ id }) => id);
      expect([...inOrder].sort()).toEqual([...ids].sort());

      const read: string[] = [];
      let cursor: string | null = '';
      for (let pages = 1; cursor !== null; pages++) {
        const { sessions, next_cursor } = await page(`?limit=2${cursor && `&cursor=${cursor}`}`);
        read.push(...sessions.map(({ id }) => id));
        cursor = next_cursor;
        expect(pages).toBeLessThanOrEqual(3);
      }
      expect(read).toEqual(inOrder);
      expect((await page('?limit=5')).next_cursor).toBeNull();
    });

    it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', `cursor=1.${randomUUID()}x`])(
      'refuses %s',
      async (query) => {
        const { access_token: token } = await browser.register();
        const response = await browser.call('GET', `/sessions?${query}`, { token });
        expect(response.body.code).toBe('validation_failed');
      },
    );

    it('leaves out what has ended or expired', async () => {
      const { email, access_token } = await browser.register();
      const ended = (await browser.login(email)).body;
      await browser.login(email, { remember_me: false });
      await browser.logout(ended.access_token);
      app.clock.advance({ hours: 7 });
      const count = async (token: string) =>
        (await browser.call<SessionList>('GET', '/sessions', { token })).body.sessions.length;
      expect(await count(access_token)).toBe(2);
      app.clock.advance({ hours: 18 });
      const fresh = (await browser.login(email)).body;
      expect(await count(fresh.access_token)).toBe(2);
    });
  });

  describe('DELETE /api/sessions/{id}', () => {
    it('ends one of my sessions and no other', async () => {
      const { email, access_token: token } = await browser.register();
      const other = (await browser.login(email)).body;
      expect(
        (await browser.call('DELETE', `/sessions/${other.session_id}`, { token })).status,
      ).toBe(204);
      expect((await browser.me(other.access_token)).body.code).toBe('session_revoked');
      expect((await browser.refresh(refreshTokenOf(other))).body.code).toBe('session_revoked');
      expect((await browser.me(token)).status).toBe(200);
    });

    it("answers not_found for somebody else's, an unknown and a malformed id alike", async () => {
      const mine = await browser.register();
      const stranger = await browser.register();
      for (const id of [mine.session_id, randomUUID(), 'not-an-id', '%00']) {
        const response = await browser.call('DELETE', `/sessions/${id}`, {
          token: stranger.access_token,
        });
        expect([id, response.body.code]).toEqual([id, 'not_found']);
      }
      expect((await browser.me(mine.access_token)).status).toBe(200);
    });
  });

  describe('POST /api/auth/logout', () => {
    it.each([
      ['the access token', (s: Tokens) => ({ token: s.access_token })],
      ['the refresh token in the header', (s: Tokens) => ({ token: s.refresh_token })],
      [
        'the refresh token in the body',
        (s: Tokens) => ({ body: { refresh_token: s.refresh_token } }),
      ],
    ])('ends the session by %s, and twice is no error', async (_by, credentials) => {
      const session = await browser.register();
      const logout = () => browser.call('POST', '/auth/logout', credentials(session));
      expect((await logout()).status).toBe(204);
      expect((await browser.me(session.access_token)).body).toMatchObject({
        code: 'session_revoked',
        clear_credentials: true,
      });
      expect((await browser.refresh(refreshTokenOf(session))).body.code).toBe('session_revoked');
      expect((await logout()).status).toBe(204);
    });

    it('works with a superseded refresh token', async () => {
      const session = await browser.register();
      const newer = (await browser.refresh(refreshTokenOf(session))).body;
      await browser.refresh(refreshTokenOf(newer));
      app.clock.advance({ minutes: 1 });
      expect((await browser.logout(refreshTokenOf(session))).status).toBe(204);
      expect((await browser.me(newer.access_token)).body.code).toBe('session_revoked');
    });

    it('asks for a token that is genuine and not expired', async () => {
      expect((await browser.call('POST', '/auth/logout')).body.code).toBe('token_missing');
      expect((await browser.logout('nonsense')).body.code).toBe('token_invalid');
      const session = await browser.register();
      app.clock.advance({ hours: 9 });
      expect((await browser.logout(session.access_token)).body.code).toBe('token_expired');
      app.clock.advance({ days: 31 });
      expect((await browser.logout(refreshTokenOf(session))).body.code).toBe('session_expired');
    });
  });

  it('POST /api/auth/logout-all ends every live session and says how many', async () => {
    const { email, access_token, ...first } = await browser.register();
    const others = [(await browser.login(email)).body, (await browser.login(email)).body];
    const ended = (await browser.login(email)).body;
    await browser.logout(ended.access_token);
    expect((await browser.call('POST', '/auth/logout-all', { token: access_token })).body).toEqual({
      revoked: 3,
    });
    for (const tokens of [{ access_token, ...first }, ...others]) {
      expect((await browser.me(tokens.access_token)).body.code).toBe('session_revoked');
      expect((await browser.refresh(refreshTokenOf(tokens))).body.code).toBe('session_revoked');
    }
    expect((await browser.login(email)).status).toBe(200);
  });
});

interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
}
