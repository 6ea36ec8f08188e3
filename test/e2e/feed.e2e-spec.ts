import { Readiness } from '../../src/platform/readiness/index.js';
import { Api, call, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { entriesOf, listen, type Listener } from '../support/feed.js';
import { metricsOf } from '../support/metrics.js';
import { startTcpProxy, through, type TcpProxy } from '../support/tcp-proxy.js';

const ORDERS = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';
const BILLING = 'e4b0c1f29a7d4e86b3f5a1907c2d8e64';
const ADMIN_TOKEN = '6c9d1f1e0b7a4a5f8e2d3c4b5a697887162534435261706c9d3f60a1b7e852f4';
const env = { SERVICE_TOKENS: `orders:${ORDERS},billing:${BILLING}`, ADMIN_TOKEN };
const PATH = '/api/feed/revocations';

type SignedIn = Awaited<ReturnType<Api['register']>>;

describe('GET /api/feed/revocations', () => {
  let app: TestApp;
  let api: Api;
  let opened: TestApp[];

  beforeAll(async () => {
    app = await startApp({ env });
    api = new Api(app.url);
    await isLive(app);
  });
  afterAll(() => app.close());
  beforeEach(() => (opened = []));
  afterEach(async () => {
    for (const one of opened) await one.close();
  });

  const isLive = ({ url }: TestApp) =>
    eventually(async () => (await call('GET', `${url}/health/ready`)).status === 200);

  /** Another instance with the same database and clock; a test's end closes it. */
  const another = async (options: TestAppOptions = {}) => {
    const other = await startApp({ beside: app, env, ...options });
    opened.push(other);
    await isLive(other);
    return other;
  };
  const counted = async (series: string, { url } = app) => (await metricsOf(url)).value(series);
  const open = async (url = app.url, mark?: string) => {
    const listener = await listen(url, ORDERS, mark);
    expect(listener.response.statusCode).toBe(200);
    await listener.complete();
    return listener;
  };
  const endedSession = async () => {
    const session = await api.register();
    await api.logout(session.access_token);
    return session.session_id;
  };
  const hasEnded = (listener: Listener, id: string) =>
    eventually(() => listener.lowest.get(id) === null);
  const idsOf = ({ events }: Listener) => entriesOf(events).map(({ id }) => id);
  const pagesOf = ({ events }: Listener) =>
    events.flatMap(({ event, data }) => (event === 'snapshot' ? [data] : []));
  const proofsOf = ({ events }: Listener) =>
    events.flatMap(({ event, data }) => (event === 'proof' ? [data] : []));

  /** Rows of the blacklist as if as many sessions had ended, without a notice. */
  const revokeMany = async (count: number) =>
    (
      await app.database.query<{ id: string }>(
        `INSERT INTO revocations (transaction_id, session_id, user_id, expires_at)
         SELECT pg_current_xact_id()::text::bigint, gen_random_uuid(), gen_random_uuid(), now() + interval '1 day'
         FROM generate_series(1, ${count}) RETURNING session_id AS id`,
      )
    ).map(({ id }) => id);

  it('sends a snapshot, then a proof, then each ending at once', async () => {
    const before = await endedSession();
    const listener = await open();
    expect(listener.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': expect.any(String) as unknown,
    });
    expect(listener.response.headers).not.toHaveProperty('content-encoding');
    expect(listener.events.map(({ event }) => event).slice(0, 2)).toEqual(['snapshot', 'proof']);
    expect(entriesOf(listener.events)).toContainEqual({
      id: before,
      lowest: null,
      expires_in: expect.any(Number) as unknown,
    });
    await hasEnded(listener, await endedSession());
    for (const { id } of listener.events)
      expect(id).toMatch(/^[\dA-F]{8}[\da-f]+\.\d+:\d+:[\d,]*$/);
  });

  it('proves every second how old its knowledge is, by the time since the request', async () => {
    const listener = await open();
    await eventually(() => proofsOf(listener).length >= 4);
    const proofs = proofsOf(listener);
    for (const { state, age_ms } of proofs) {
      expect(state).toBe('live');
      expect(age_ms).toBeLessThan(2000);
    }
    const sent = proofs.map(({ sent_ms }) => sent_ms);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    for (const [index, ms] of sent.slice(1).entries())
      expect(ms - (sent[index] ?? 0)).toBeLessThan(2500);
  });

  describe('tells of', () => {
    let listener: Listener;
    let far: Listener;

    beforeEach(async () => {
      listener = await open();
      far = await open((await another()).url);
    });

    const admin = (method: string, path: string, body?: object) =>
      api.call(method, `/admin/users/${path}`, { token: ADMIN_TOKEN, body });
    const isKnown = (id: string, lowest: number | null) =>
      eventually(() => [listener, far].every((one) => one.lowest.get(id) === lowest));

    it.each([
      ['a logout', (s: SignedIn) => api.logout(s.access_token)],
      [
        'a logout everywhere',
        (s: SignedIn) => api.call('POST', '/auth/logout-all', { token: s.access_token }),
      ],
      [
        'the reuse of a refresh token',
        async (s: SignedIn) => {
          const thief = api.anotherDevice();
          const stolen = await thief.refresh(refreshTokenOf(s));
          await api.refresh(refreshTokenOf((await api.refresh(refreshTokenOf(s))).body));
          return thief.refresh(refreshTokenOf(stolen.body));
        },
      ],
      [
        'a change of password on another device',
        async (s: SignedIn) => {
          const { body } = await api.login(s.email);
          return api.changePassword(body.access_token, PASSWORD, 'copper-Meadow-58-anchor');
        },
      ],
      [
        'the deactivation of a user',
        ({ user }: SignedIn) => admin('PUT', `${user.id}/deactivation`),
      ],
      [
        'an operator who ends the session',
        (s: SignedIn) => admin('DELETE', `${s.user.id}/sessions/${s.session_id}`),
      ],
      ['the deletion of a user', ({ user }: SignedIn) => admin('DELETE', user.id)],
      [
        'the deletion of a row',
        (s: SignedIn) => app.database.query('DELETE FROM sessions WHERE id = $1', [s.session_id]),
      ],
    ])('%s, on every instance', async (_what, end) => {
      const session = await api.register();
      await end(session);
      await isKnown(session.session_id, null);
    });

    it('older tokens of a session whose password has changed', async () => {
      const { access_token, session_id } = await api.register();
      await api.changePassword(access_token, PASSWORD, 'copper-Meadow-58-anchor');
      await isKnown(session_id, 1);
    });

    it('older roles of a user', async () => {
      const { user } = await api.register();
      await admin('PATCH', user.id, { roles: ['support'] });
      await isKnown(user.id, 1);
      await admin('PATCH', user.id, { roles: [] });
      await isKnown(user.id, 2);
    });
  });

  describe('with Last-Event-ID', () => {
    it('sends what is new, on another instance, too', async () => {
      const [old, other] = [await endedSession(), await another()];
      const listener = await open();
      await eventually(() => proofsOf(listener).length > 1);
      const { mark } = listener;
      listener.close();
      const missed = await endedSession();
      const resumed = await open(other.url, mark);
      expect(idsOf(resumed)).toContain(missed);
      expect(idsOf(resumed)).not.toContain(old);
      expect(await counted('evergreen_feed_snapshots_total{source="database"}', other)).toBe(1);
      await hasEnded(resumed, await endedSession());
    });

    it('misses nothing, whatever event the stream was cut after', async () => {
      const ended = await revokeMany(1200);
      const listener = await open();
      for (let count = 1; count <= 5; count++) ended.push(await endedSession());
      ended.push(...(await revokeMany(5)));
      await eventually(() => ended.every((id) => listener.lowest.has(id)));
      const { events } = listener;
      const cuts = new Map(events.map(({ id }, index) => [id, index]));
      expect(cuts.size).toBeGreaterThan(2);
      for (const [mark, index] of cuts) {
        const resumed = await open(app.url, mark);
        const known = new Set([
          ...entriesOf(events.slice(0, index + 1)).map(({ id }) => id),
          ...idsOf(resumed),
        ]);
        expect(ended.filter((id) => !known.has(id))).toEqual([]);
        resumed.close();
      }
    });

    it.each([
      ['of another timeline', (mark: string) => `FFFFFFFF${mark.slice(8)}`],
      ['of another start of the server', (mark: string) => mark.replace('.', '0.')],
      ['of the future', (mark: string) => mark.replace(/\..*/, '.900000000:900000000:')],
      ['that PostgreSQL does not understand', (mark: string) => mark.replace(/\..*/, '.9:8:')],
      ['that is too long', (mark: string) => `${mark}${'1,'.repeat(2500)}`],
      ['that is none', () => "x'; SELECT 1"],
      ['that is empty', () => ''],
    ])('sends everything for a mark %s', async (_what, change) => {
      const old = await endedSession();
      const resumed = await open(app.url, change((await open()).mark));
      expect(idsOf(resumed)).toContain(old);
      expect(resumed.mark).toMatch(/^[\dA-F]{8}/);
    });
  });

  it('sends a large snapshot in pages, and misses nothing that ends meanwhile', async () => {
    const ended = await revokeMany(20_000);
    await eventually(
      async () => ((await counted('evergreen_revocations_in_memory')) ?? 0) >= ended.length,
    );
    const listening = Array.from({ length: 5 }, () => listen(app.url, ORDERS));
    for (let count = 1; count <= 10; count++) {
      ended.push(await endedSession());
      ended.push(...(await revokeMany(300)));
    }
    for (const listener of await Promise.all(listening)) {
      await eventually(() => ended.every((id) => listener.lowest.has(id)), { everyMs: 200 });
      const pages = pagesOf(listener);
      expect(pages.length).toBeGreaterThan(20_000 / 500);
      expect(Math.max(...pages.map(({ entries }) => entries.length))).toBeLessThanOrEqual(500);
      expect(pages.map(({ is_last }) => is_last).indexOf(true)).toBe(pages.length - 1);
      const names = listener.events.map(({ event }) => event);
      expect(names.indexOf('proof')).toBe(names.lastIndexOf('snapshot') + 1);
    }
  });

  describe('is closed', () => {
    it.each([
      ['to no token', '', 'token_missing'],
      ['to another token', `${ORDERS.slice(1)}0`, 'token_invalid'],
      ['to both tokens', `${ORDERS},${BILLING}`, 'token_invalid'],
      ['to a token with its name', `orders:${ORDERS}`, 'token_invalid'],
      ['to the token of operators', ADMIN_TOKEN, 'token_invalid'],
    ])('%s', async (_what, token, code) => {
      const { status, body, headers } = await call('GET', app.url + PATH, { token });
      expect([status, body.code, body.clear_credentials]).toEqual([401, code, false]);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    });

    it('to a user, and records that they tried', async () => {
      const { access_token: token } = await api.register();
      await app.database.query(`DELETE FROM security_events WHERE type = 'service_denied'`);
      expect((await call('GET', app.url + PATH, { token })).body.code).toBe('token_invalid');
      const query = `SELECT user_id, network, details FROM security_events WHERE type = 'service_denied'`;
      expect(await app.database.query(query)).toEqual([
        { user_id: null, network: '127.0.0.0/24', details: {} },
      ]);
    });

    it('to guesses, but not to the right token beside them', async () => {
      const other = await another();
      for (let count = 1; count <= 60; count++)
        expect((await call('GET', other.url + PATH, { token: 'x' })).status).toBe(401);
      expect((await call('GET', other.url + PATH, { token: 'x' })).status).toBe(429);
      await open(other.url);
    });

    it('to a token that was removed, on an instance that has started since then', async () => {
      const later = await another({ env: { SERVICE_TOKENS: `billing:${BILLING}` } });
      expect((await call('GET', later.url + PATH, { token: ORDERS })).body.code).toBe(
        'token_invalid',
      );
      expect((await listen(later.url, BILLING)).response.statusCode).toBe(200);
      await open(app.url);
    });

    it('to everybody without SERVICE_TOKENS', async () => {
      const closed = await another({ env: {} });
      expect((await call('GET', closed.url + PATH, { token: ORDERS })).body.code).toBe('not_found');
    });
  });

  it('answers HEAD without a stream, and has the alias of its version', async () => {
    expect((await call('HEAD', app.url + PATH, { token: ORDERS })).status).toBe(200);
    const listener = await listen(app.url, ORDERS, undefined, '/api/v1/feed/revocations');
    await listener.complete();
  });

  it('ends when draining begins, so that listeners go to another instance', async () => {
    const stopping = await another();
    const listener = await open(stopping.url);
    stopping.nest.get(Readiness).drain();
    await eventually(() => listener.response.complete && listener.isClosed);
    const { status, body, headers } = await call('GET', stopping.url + PATH, { token: ORDERS });
    expect([status, body.code]).toEqual([503, 'service_unavailable']);
    expect(headers.get('retry-after')).toBe('1');
    const series = 'evergreen_feed_listeners_refused_total{reason="draining"}';
    expect(await counted(series, stopping)).toBe(1);
    await open(app.url, listener.mark);
  });

  it('does not delay the stop of an application that knows no draining', async () => {
    const stopping = await startApp({ beside: app, env });
    await isLive(stopping);
    const listener = await open(stopping.url);
    listener.response.pause();
    const begin = performance.now();
    await stopping.close();
    expect(performance.now() - begin).toBeLessThan(4000);
  });

  it('lasts no longer than a quarter of an hour, so that a lost listener costs nothing', async () => {
    const own = await another();
    const proxy = await startTcpProxy(Number(new URL(own.url).port));
    try {
      const lost = await open(`http://127.0.0.1:${proxy.port}`);
      proxy.mode = 'silent';
      const listener = await open(own.url);
      const series = 'evergreen_feed_listeners{service="orders"}';
      expect(await counted(series, own)).toBe(2);
      app.clock.advance({ minutes: 16 });
      await eventually(async () => (await counted(series, own)) === 0);
      await eventually(() => listener.isClosed && listener.response.complete);
      await eventually(() => lost.isClosed);
    } finally {
      await proxy.close();
    }
  });

  it('counts no stream as a slow request', async () => {
    const own = await another();
    const listener = await open(own.url);
    own.nest.get(Readiness).drain();
    await eventually(() => listener.isClosed);
    const { text } = await call('GET', `${own.url}/metrics`);
    const durations = text.split('\n').filter((line) => line.includes('request_duration'));
    expect(durations.filter((line) => line.includes(PATH))).toEqual([]);
  });

  describe('while the database is away', () => {
    let proxy: TcpProxy;

    beforeEach(async () => {
      proxy = await startTcpProxy(Number(new URL(app.database.url).port));
    });
    afterEach(() => proxy.close());

    it('says that it is stale, and then tells what it has missed', async () => {
      const cut = await another({ reach: (url) => through(proxy, url) });
      const listener = await open(cut.url);
      proxy.mode = 'cut';
      await eventually(() => proofsOf(listener).at(-1)?.state === 'stale');
      const staleSince = proofsOf(listener).length;
      await eventually(() => proofsOf(listener).length > staleSince + 1);
      const ages = proofsOf(listener)
        .slice(staleSince - 1)
        .map(({ age_ms }) => age_ms);
      expect(Math.min(...ages)).toBeGreaterThanOrEqual(4000);
      expect(ages).toEqual([...ages].sort((a, b) => a - b));
      const { status, headers } = await call('GET', cut.url + PATH, { token: ORDERS });
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);

      const missed = await endedSession();
      proxy.mode = 'open';
      await hasEnded(listener, missed);
      await eventually(() => proofsOf(listener).at(-1)?.state === 'live');
    });

    it('lets a listener resume from memory', async () => {
      const cut = await another({ reach: (url) => through(proxy, url) });
      const { mark } = await open(cut.url);
      const old = await endedSession();
      await eventually(async () => {
        const everything = await open(cut.url);
        return idsOf(everything).includes(old);
      });
      proxy.mode = 'silent';
      const resumed = await listen(cut.url, ORDERS, mark);
      expect(resumed.response.statusCode).toBe(200);
      await eventually(() => idsOf(resumed).includes(old));
      await resumed.complete();
      proxy.mode = 'cut';
    });
  });
});
