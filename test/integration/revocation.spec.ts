import { setTimeout as pause } from 'node:timers/promises';
import { Api, call, PASSWORD, refreshTokenOf } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';
import { startTcpProxy, through, type TcpProxy } from '../support/tcp-proxy.js';

/** A revocation may be late by this much where notices are lost (refresh rules, section 4). */
const BOUND_MS = 5000;

const feedStateOf = async (url: string) =>
  (await call<{ revocations?: string }>('GET', `${url}/health/ready`)).body.revocations;
const isLive = async (url: string) => (await feedStateOf(url)) === 'live';

const ADMIN_TOKEN = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';

describe('revocation over two server processes', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let near: ServerProcess;
  let far: ServerProcess;

  beforeAll(async () => {
    database = await createDatabase();
    proxy = await startTcpProxy(Number(new URL(database.url).port));
    near = await startServer({ ...serverEnvironment(database.url), ADMIN_TOKEN });
    // Only the feed of this one goes through the proxy, as it would through a direct connection
    // beside a pooler.
    far = await startServer({
      ...serverEnvironment(database.url),
      DATABASE_DIRECT_URL: through(proxy, database.url),
    });
  });
  afterAll(async () => {
    await Promise.all([near.stop(), far.stop()]);
    await proxy.close();
    await database.drop();
  });
  beforeEach(async () => {
    proxy.mode = 'open';
    await eventually(async () => (await isLive(near.url)) && (await isLive(far.url)));
  });

  const codeAt = async (server: ServerProcess, api: Api, token: string) =>
    (await api.at(server.url).me(token)).body.code;

  it.each([
    ['logout', async (api: Api, s: SignedIn) => api.logout(s.access_token)],
    [
      'logout-all',
      async (api: Api, s: SignedIn) =>
        api.call('POST', '/auth/logout-all', { token: s.access_token }),
    ],
    [
      'the deletion of the session',
      async (api: Api, s: SignedIn) =>
        api.call('DELETE', `/sessions/${s.session_id}`, { token: s.access_token }),
    ],
    [
      'a change of password on another device',
      async (api: Api, s: SignedIn) => {
        const { body } = await api.login(s.email);
        return api.changePassword(body.access_token, PASSWORD, 'copper-Meadow-58-anchor');
      },
    ],
    [
      'reuse of a refresh token',
      async (api: Api, s: SignedIn) => {
        const thief = api.anotherDevice();
        const stolen = await thief.refresh(refreshTokenOf(s));
        await api.refresh(refreshTokenOf((await api.refresh(refreshTokenOf(s))).body));
        return thief.refresh(refreshTokenOf(stolen.body));
      },
    ],
  ])('after %s on one, the other refuses the access token, too', async (_how, end) => {
    const api = new Api(near.url);
    const session = await api.register();
    expect(await codeAt(far, api, session.access_token)).toBeUndefined();
    await end(api, session);
    expect(await codeAt(near, api, session.access_token)).toBe('session_revoked');
    await eventually(
      async () => (await codeAt(far, api, session.access_token)) === 'session_revoked',
      { withinMs: BOUND_MS },
    );
  });

  it('after a change of password, older access tokens of the same session die on both, and the new ones live', async () => {
    const api = new Api(near.url);
    const session = await api.register();
    const { body } = await api.changePassword(
      session.access_token,
      PASSWORD,
      'copper-Meadow-58-anchor',
    );
    expect(await codeAt(near, api, session.access_token)).toBe('token_expired');
    await eventually(
      async () => (await codeAt(far, api, session.access_token)) === 'token_expired',
      { withinMs: BOUND_MS },
    );
    for (const server of [near, far])
      expect(await codeAt(server, api, body.access_token)).toBeUndefined();
  });

  it('a role that was taken away has no effect on either, where notices are lost, too', async () => {
    const api = new Api(near.url);
    const { user, email } = await api.register();
    const setRoles = (roles: string[]) =>
      api.call('PATCH', `/admin/users/${user.id}`, { token: ADMIN_TOKEN, body: { roles } });
    await setRoles(['admin']);
    const session = (await api.login(email)).body;
    const { access_token: token } = session;
    expect(await codeAt(far, api, token)).toBeUndefined();
    proxy.mode = 'silent';
    expect((await setRoles([])).status).toBe(200);
    expect(await codeAt(near, api, token)).toBe('token_expired');
    await eventually(async () => (await codeAt(far, api, token)) === 'token_expired', {
      withinMs: BOUND_MS,
    });
    proxy.mode = 'open';
    await eventually(() => isLive(far.url));
    expect(await codeAt(far, api, token)).toBe('token_expired');

    // And one that starts afterwards.
    const late = await startServer(serverEnvironment(database.url));
    const refreshed = await api.refresh(refreshTokenOf(session));
    const codes = [await codeAt(late, api, token)];
    for (const server of [near, far, late])
      codes.push(await codeAt(server, api, refreshed.body.access_token));
    await late.stop();
    expect(codes).toEqual(['token_expired', undefined, undefined, undefined]);
  });

  it('costs an authenticated request no query, by the statistics of PostgreSQL', async () => {
    const api = new Api(near.url);
    const { access_token: token } = await api.register();
    const scans = async () => {
      // Backends that fall idle hand their counts over after ten seconds.
      await pause(10_500);
      const [row] = await database.query<{ scans: string }>(
        `SELECT sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)) AS scans FROM pg_stat_user_tables WHERE relname IN ('sessions', 'users')`,
      );
      return Number(row?.scans);
    };
    let before = await scans();
    // On a machine so busy that the feed falls behind, requests rightly ask the database: the feed
    // gets three chances to keep up.
    for (let attempt = 1; ; attempt++) {
      for (let round = 0; round < 10; round++) {
        const responses = await Promise.all(
          Array.from({ length: 100 }, () => api.call('GET', '/auth/verify', { token })),
        );
        expect(responses.every(({ status }) => status === 200)).toBe(true);
      }
      const after = await scans();
      if (after === before) return;
      if (attempt === 3) throw new Error(`1,000 requests cost ${after - before} scans.`);
      before = after;
    }
  });

  it('is not missed when the database cuts the listening connection', async () => {
    const api = new Api(near.url);
    const session = await api.register();
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'evergreen-revocations' AND datname = current_database()`,
    );
    await api.logout(session.access_token);
    await eventually(
      async () => (await codeAt(far, api, session.access_token)) === 'session_revoked',
      { withinMs: BOUND_MS },
    );
    await eventually(() => isLive(far.url));
  });

  it('is not missed when the listening connection falls silent', async () => {
    const api = new Api(near.url);
    const session = await api.register();
    expect(await codeAt(far, api, session.access_token)).toBeUndefined();
    proxy.mode = 'silent';
    await api.logout(session.access_token);
    await eventually(
      async () => (await codeAt(far, api, session.access_token)) === 'session_revoked',
      { withinMs: BOUND_MS },
    );

    // Stale now: good tokens are still taken, by asking the database.
    const other = await api.register();
    await eventually(async () => (await feedStateOf(far.url)) === 'stale');
    expect(await codeAt(far, api, other.access_token)).toBeUndefined();
    await api.logout(other.access_token);
    expect(await codeAt(far, api, other.access_token)).toBe('session_revoked');

    proxy.mode = 'open';
    await eventually(() => isLive(far.url));
    expect(await codeAt(far, api, other.access_token)).toBe('session_revoked');
  });

  it('is not missed by a process that was paused', async () => {
    const paused = await startServer(serverEnvironment(database.url));
    await eventually(() => isLive(paused.url));
    const api = new Api(near.url);
    const session = await api.register();
    expect(await codeAt(paused, api, session.access_token)).toBeUndefined();
    paused.signal('SIGSTOP');
    await api.logout(session.access_token);
    await pause(BOUND_MS);
    const response = codeAt(paused, api, session.access_token);
    paused.signal('SIGCONT');
    expect(await response).toBe('session_revoked');
    await paused.stop();
  });

  it('is known to an instance that starts later', async () => {
    const api = new Api(near.url);
    const session = await api.register();
    await api.logout(session.access_token);
    const late = await startServer(serverEnvironment(database.url));
    expect(await codeAt(late, api, session.access_token)).toBe('session_revoked');
    await late.stop();
  });

  it('outlives whatever a renewal races it for, 200 rounds', async () => {
    const renewing = await startServer({
      ...serverEnvironment(database.url),
      ACCESS_TOKEN_RENEW_MINUTES: '30',
    });
    for (let round = 0; round < 200; round++) {
      const api = new Api(near.url);
      const session = await api.register();
      const [response] = await Promise.all([
        api.at(renewing.url).me(session.access_token),
        api.at((round % 2 ? renewing : near).url).logout(session.access_token),
      ]);
      const renewed = response.headers.get('x-new-token');
      for (const token of renewed ? [session.access_token, renewed] : [session.access_token]) {
        await eventually(async () => (await codeAt(renewing, api, token)) === 'session_revoked', {
          withinMs: BOUND_MS,
        });
        await eventually(async () => (await codeAt(near, api, token)) === 'session_revoked', {
          withinMs: BOUND_MS,
        });
      }
    }
    await renewing.stop();
  });
});

type SignedIn = Awaited<ReturnType<Api['register']>>;
