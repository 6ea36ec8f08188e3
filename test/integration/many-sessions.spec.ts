import { UserEndings } from '../../src/sessions/user-endings.js';
import { Api, outcomeOf, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { sendTraffic, signIn } from '../support/traffic.js';

const ADMIN_TOKEN = 'e4b0c1f29a7d4e86b3f5a1907c2d8e64';
const NEW_PASSWORD = 'copper-Meadow-58-anchor';

type SignedIn = Awaited<ReturnType<Api['register']>>;

describe('a user with very many sessions', () => {
  let app: TestApp;
  let api: Api;

  beforeAll(async () => {
    app = await startApp({ env: { ADMIN_TOKEN, MAX_SESSIONS_PER_USER: '0' } });
    api = new Api(app.url);
  });
  afterAll(() => app.close());

  /** Copies of the user's session; they refresh with their own tokens, which nobody holds. */
  const multiply = ({ session_id }: SignedIn, count: number, at: TestApp = app) =>
    at.database.query(
      `INSERT INTO sessions SELECT copy.* FROM sessions AS s, generate_series(1, $2::int) AS number,
         LATERAL jsonb_populate_record(s, jsonb_build_object('id', md5(s.id::text || number)::uuid)) AS copy WHERE s.id = $1`,
      [session_id, count],
    );
  const live = async ({ user }: SignedIn, at: TestApp = app) => {
    const [row] = await at.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM sessions WHERE user_id = $1 AND revoked_at IS NULL',
      [user.id],
    );
    return row?.count;
  };

  it.each<
    [string, number, (signedIn: SignedIn) => Promise<{ status: number; body: object }>, number]
  >([
    [
      'logout-all',
      20_000,
      ({ access_token: token }) => api.call('POST', '/auth/logout-all', { token }),
      0,
    ],
    [
      'change-password',
      3000,
      ({ access_token }) => api.changePassword(access_token, PASSWORD, NEW_PASSWORD),
      1,
    ],
    [
      'the deactivation by an operator',
      3000,
      ({ user }) => api.call('PUT', `/admin/users/${user.id}/deactivation`, { token: ADMIN_TOKEN }),
      0,
    ],
    [
      'the end of all sessions by an operator',
      3000,
      ({ user }) => api.call('DELETE', `/admin/users/${user.id}/sessions`, { token: ADMIN_TOKEN }),
      0,
    ],
  ])('%s ends %d of them, and nobody else waits', async (_how, count, end, left) => {
    const signedIn = await api.register();
    await multiply(signedIn, count);
    const traffic = sendTraffic(await signIn(app.url, 4));
    try {
      const response = await end(signedIn);
      expect(response.status).toBe(200);
      if ('revoked' in response.body) expect(response.body.revoked).toBe(count + 1);
      expect(await live(signedIn)).toBe(left);
      const [listed] = await app.database.query<{ count: number }>(
        'SELECT count(DISTINCT session_id)::int AS count FROM revocations WHERE user_id = $1',
        [signedIn.user.id],
      );
      expect(listed?.count).toBe(count + 1);
      expect(await app.database.query('SELECT FROM unfinished_endings')).toEqual([]);
      if ('refresh_token' in response.body)
        expect(outcomeOf(await api.refresh(String(response.body.refresh_token)))).toBe('rotated');
    } finally {
      await traffic.end();
    }
    expect(traffic.kinds()).toEqual(['200']);
    expect(Math.max(...traffic.responses.map(({ ms }) => ms))).toBeLessThan(2000);
  });

  describe('whose endings were interrupted', () => {
    const codeOfRefresh = async (signedIn: SignedIn) =>
      outcomeOf(await api.refresh(refreshTokenOf(signedIn)));

    it('has none that can be continued, has them ended later, and may sign in meanwhile', async () => {
      const signedIn = await api.register();
      const other = { ...(await api.login(signedIn.email)).body, email: signedIn.email };
      await multiply(signedIn, 3000);
      // The last ones in the order of ids, so that the first steps are done and later ones fail.
      await app.database.query(
        `UPDATE sessions SET id = 'ffffffff-ffff-7fff-bfff-ffffffffffff' WHERE id = (
           SELECT id FROM sessions WHERE user_id = $1 AND id NOT IN ($2, $3) LIMIT 1)`,
        [signedIn.user.id, signedIn.session_id, other.session_id],
      );
      const lock = app.database.transaction();
      try {
        await lock.query(
          `SELECT FROM sessions WHERE id = 'ffffffff-ffff-7fff-bfff-ffffffffffff' FOR UPDATE`,
        );
        const response = await api.call('POST', '/auth/logout-all', {
          token: signedIn.access_token,
        });
        expect(response.body.code).toBe('service_unavailable');
        expect(await live(signedIn)).toBeGreaterThan(0);
        for (const one of [signedIn, other])
          expect(await codeOfRefresh(one)).toBe('session_revoked');
      } finally {
        await lock.end();
      }
      const later = { ...(await api.login(signedIn.email)).body, email: signedIn.email };
      const list = await api.call<{ sessions: object[] }>('GET', '/sessions', {
        token: later.access_token,
      });
      expect(list.body.sessions).toHaveLength(1);
      app.clock.advance({ minutes: 2 });
      await app.nest.get(UserEndings).finishAll();
      expect(await live(signedIn)).toBe(1);
      expect(await app.database.query('SELECT FROM unfinished_endings')).toEqual([]);
      expect(outcomeOf(await api.refresh(refreshTokenOf(later)))).toBe('rotated');
    });
  });

  it.each<[string, (signedIn: SignedIn) => Promise<{ status: number }>]>([
    ['logout-all', ({ access_token: token }) => api.call('POST', '/auth/logout-all', { token })],
    [
      'the end of what everybody began before an instant',
      () =>
        api.call('DELETE', `/admin/sessions?before=${new Date(Date.now() + 1e6).toISOString()}`, {
          token: ADMIN_TOKEN,
        }),
    ],
  ])('has no deadlock between change-password and %s', async (_what, endAll) => {
    const signedIn = await api.register();
    const middle = (await api.login(signedIn.email)).body;
    // The last row, and the first that a change of password by it would like to change.
    const last = (await api.login(signedIn.email)).body;
    const lock = app.database.transaction();
    const areWaiting = (count: number) => async () =>
      (
        await app.database.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
      ).length === count;
    try {
      await lock.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [middle.session_id]);
      const ending = endAll(signedIn);
      await eventually(areWaiting(1));
      const change = api.changePassword(last.access_token, PASSWORD, NEW_PASSWORD);
      await eventually(areWaiting(2));
      await lock.end();
      expect((await ending).status).toBe(200);
      expect((await change).status).toBeLessThan(500);
    } finally {
      await lock.end();
    }
  });
});

describe('MAX_SESSIONS_PER_USER', () => {
  let app: TestApp;
  let api: Api;

  beforeAll(async () => {
    app = await startApp({ env: { MAX_SESSIONS_PER_USER: '3' } });
    api = new Api(app.url);
  });
  afterAll(() => app.close());

  it('ends those that were unused for longest, tells so, and leaves the others', async () => {
    const first = await api.register();
    const sessions = [{ ...first }];
    for (let count = 0; count < 2; count++) {
      app.clock.advance({ seconds: 1 });
      sessions.push({ ...(await api.login(first.email)).body, email: first.email });
    }
    app.clock.advance({ seconds: 1 });
    const refreshed = (await api.refresh(refreshTokenOf(first))).body;
    app.clock.advance({ seconds: 1 });
    const last = (await api.login(first.email)).body;
    const [, idle, used] = sessions as [SignedIn, SignedIn, SignedIn];
    await eventually(async () => (await api.me(idle.access_token)).body.code === 'session_revoked');
    expect(outcomeOf(await api.refresh(refreshTokenOf(idle)))).toBe('session_revoked');
    for (const one of [refreshed, used, last])
      expect(outcomeOf(await api.refresh(refreshTokenOf(one)))).toBe('rotated');
    const events = async () =>
      (
        await api.call<{ events: { type: string; session_id: string; details: object }[] }>(
          'GET',
          '/auth/events',
          { token: last.access_token },
        )
      ).body.events.filter(({ type }) => type === 'session_ended');
    await eventually(async () => (await events()).length === 1);
    expect(await events()).toMatchObject([
      { session_id: idle.session_id, details: { reason: 'too_many_sessions' } },
    ]);
  });

  it('ends no session of anybody else', async () => {
    const other = await api.anotherDevice().register();
    const { email } = await api.register();
    for (let count = 0; count < 6; count++) await api.login(email);
    expect(outcomeOf(await api.refresh(refreshTokenOf(other)))).toBe('rotated');
  });
});
