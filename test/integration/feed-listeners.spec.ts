import { Api, call } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { listen, type Listener } from '../support/feed.js';
import { metricsOf } from '../support/metrics.js';

const ORDERS = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';
const MAX_LISTENERS = 1000;
const SLOW = { withinMs: 40_000, everyMs: 100 };

describe('the listeners of GET /api/feed/revocations', () => {
  let app: TestApp;
  let api: Api;

  beforeEach(async () => {
    app = await startApp({ env: { SERVICE_TOKENS: `orders:${ORDERS}` } });
    api = new Api(app.url);
    await eventually(async () => (await call('GET', `${app.url}/health/ready`)).status === 200);
  });
  afterEach(() => app.close());

  const counted = async (series: string) => (await metricsOf(app.url)).value(series) ?? 0;
  const listening = () => counted('evergreen_feed_listeners{service="orders"}');
  const cut = (reason: string) => counted(`evergreen_feed_listeners_cut_total{reason="${reason}"}`);

  const endSession = async () => {
    const session = await api.register();
    await api.logout(session.access_token);
    return session.session_id;
  };

  /** Rows of the blacklist as if as many sessions had ended. */
  const revokeMany = async (count: number) =>
    (
      await app.database.query<{ id: string }>(
        `INSERT INTO revocations (transaction_id, session_id, user_id, expires_at)
         SELECT pg_current_xact_id()::text::bigint, gen_random_uuid(), gen_random_uuid(), now() + interval '1 day'
         FROM generate_series(1, ${count}) RETURNING session_id AS id`,
      )
    ).map(({ id }) => id);

  it('are a thousand at most; all of them are told, and whoever leaves makes room', async () => {
    const listeners: Listener[] = [];
    while (listeners.length < MAX_LISTENERS) {
      const batch = Array.from({ length: 50 }, () => listen(app.url, ORDERS));
      listeners.push(...(await Promise.all(batch)));
    }
    const refused = await call('GET', `${app.url}/api/feed/revocations`, { token: ORDERS });
    expect([refused.status, refused.body.code]).toEqual([503, 'service_unavailable']);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await counted('evergreen_feed_listeners_refused_total{reason="full"}')).toBe(1);

    const id = await endSession();
    await eventually(() => listeners.every(({ lowest }) => lowest.get(id) === null), SLOW);
    listeners[0]?.close();
    await eventually(async () => (await listening()) === MAX_LISTENERS - 1);
    expect((await listen(app.url, ORDERS)).response.statusCode).toBe(200);
  });

  it('are cut if they do not read what is new, and others are told everything', async () => {
    const [slow, good] = [await listen(app.url, ORDERS), await listen(app.url, ORDERS)];
    await Promise.all([slow.complete(), good.complete()]);
    slow.response.pause();
    const ended: string[] = [];
    for (let count = 1; count <= 8; count++) {
      ended.push(...(await revokeMany(10_000)));
      await eventually(() => ended.every((id) => good.lowest.has(id)), SLOW);
    }
    expect(await cut('too_slow')).toBe(1);
    expect(await listening()).toBe(1);
    expect(good.isClosed).toBe(false);
    const id = await endSession();
    await eventually(() => good.lowest.get(id) === null);
  });

  it('are cut if they read nothing of their snapshot for ten seconds', async () => {
    const ended = await revokeMany(150_000);
    const inMemory = () => counted('evergreen_revocations_in_memory');
    await eventually(async () => (await inMemory()) === ended.length, SLOW);
    const slow = await listen(app.url, ORDERS);
    slow.response.pause();
    const good = await listen(app.url, ORDERS);
    await eventually(() => ended.every((id) => good.lowest.has(id)), SLOW);
    await eventually(async () => (await cut('no_progress')) === 1, SLOW);
    expect(await listening()).toBe(1);
    await good.complete();
  });
});
