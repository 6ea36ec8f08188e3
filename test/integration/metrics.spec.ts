import { readFileSync } from 'node:fs';
import { freePort } from '@evergreen-auth/dev-postgres';
import { Api, call, newEmail, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { metricsOf } from '../support/metrics.js';
import { serverEnvironment, startServer } from '../support/server-process.js';
import { startTcpProxy, through } from '../support/tcp-proxy.js';

describe('the metrics', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ env: { THROTTLE_UNKNOWN_LIMIT: '2' } });
  });
  afterAll(() => app.close());

  /** Counts change after a response was sent, so its client may be faster. */
  const eventuallyCounted = (series: string, count: number) =>
    eventually(async () => (await metricsOf(app.url)).value(series) === count);

  it('count problems and security events from 0, so that the first one is seen as a rise', async () => {
    const metrics = await metricsOf(app.url);
    expect(
      metrics.value('evergreen_http_problems_total{status="401",code="session_revoked"}'),
    ).toBe(0);
    expect(
      metrics.value(
        'evergreen_security_events_total{type="refresh_reuse_detected",recorded="true"}',
      ),
    ).toBe(0);
  });

  it('count logins by outcome and cause', async () => {
    const api = new Api(app.url);
    const { email } = await api.register();
    await api.login(email);
    await api.login(email, { password: 'not-the-password' });
    await api.login(newEmail());
    await api.call('POST', '/auth/login', { body: {} });
    await api.call('POST', '/v1/auth/login', {
      body: { email, password: PASSWORD, transport: 'cookie' },
    });
    await eventuallyCounted('evergreen_logins_total{outcome="granted",cause="password"}', 1);
    await eventuallyCounted(
      'evergreen_logins_total{outcome="refused",cause="invalid_credentials"}',
      2,
    );
    await eventuallyCounted(
      'evergreen_logins_total{outcome="refused",cause="validation_failed"}',
      1,
    );
    await eventuallyCounted('evergreen_logins_total{outcome="refused",cause="csrf_failed"}', 1);
    await eventuallyCounted(
      'evergreen_security_events_total{type="login_failed",recorded="true"}',
      2,
    );
  });

  it('count refreshes by outcome and cause, 401 by code, limits that were hit, and the age of tokens', async () => {
    const api = new Api(app.url);
    const session = await api.register();
    const token = refreshTokenOf(session);
    app.clock.advance({ minutes: 10 });
    const { body } = await api.refresh(token);
    await api.refresh(token);
    await api.anotherDevice().refresh(token);
    await api.refresh('nonsense');
    await api.refresh('nonsense');
    await api.refresh('nonsense');
    await api.call('POST', '/auth/refresh');
    await api.logout(body.access_token);
    await api.refresh(refreshTokenOf(body));
    app.clock.advance({ days: 400 });
    await api.refresh(refreshTokenOf(body));
    for (const [outcome, cause, count] of [
      ['granted', 'rotated', 1],
      ['granted', 'replayed', 1],
      ['granted', 'reissued', 1],
      ['refused', 'token_invalid', 2],
      ['refused', 'rate_limited', 1],
      ['refused', 'token_missing', 1],
      ['refused', 'session_revoked', 1],
      ['refused', 'session_expired', 1],
    ] as const) {
      await eventuallyCounted(
        `evergreen_refreshes_total{outcome="${outcome}",cause="${cause}"}`,
        count,
      );
    }
    await eventuallyCounted(
      'evergreen_http_problems_total{status="401",code="session_revoked"}',
      1,
    );
    await eventuallyCounted('evergreen_rate_limited_requests_total{limit="unknown_token"}', 1);
    const metrics = await metricsOf(app.url);
    expect(metrics.value('evergreen_refresh_token_age_seconds_count')).toBe(3);
    expect(metrics.value('evergreen_refresh_token_age_seconds_bucket{le="300"}')).toBe(0);
    expect(metrics.value('evergreen_refresh_token_age_seconds_bucket{le="900"}')).toBe(3);
  });

  it('count renewals', async () => {
    const api = new Api(app.url);
    const { access_token } = await api.register();
    app.clock.advance({ hours: 7 });
    expect((await api.me(access_token)).headers.get('x-new-token')).not.toBeNull();
    await eventuallyCounted('evergreen_renewals_total', 1);
  });

  it('measure requests by the template of their route: whatever strangers send, there are no more series', async () => {
    const api = new Api(app.url);
    const { access_token: token } = await api.register();
    const seriesCount = async () =>
      (await metricsOf(app.url)).text
        .split('\n')
        .filter((line) => line.includes('http_request_duration')).length;
    const send = async (round: number) => {
      await api.call('DELETE', `/sessions/${crypto.randomUUID()}`, { token });
      await api.call('GET', `/nowhere/${round}?q=${round}`);
      await call(['PUT', 'DELETE', 'PATCH', 'OPTIONS'][round % 4] ?? '', `${app.url}/${round}`);
    };
    await send(0);
    const known =
      'evergreen_http_request_duration_seconds_count{method="DELETE",route="/api/sessions/:id",status="404"}';
    await eventuallyCounted(known, 1);
    const before = await seriesCount();
    for (let round = 1; round <= 20; round++) await send(round);
    await eventuallyCounted(known, 21);
    expect(await seriesCount()).toBe(before);
  });

  it('are the ones that docs/operations/metrics.md lists, with the labels that it lists', async () => {
    const documented = [
      ...readFileSync('docs/operations/metrics.md', 'utf8').matchAll(
        /^\| `(evergreen_\w+)(?:\{([\w, ]+)\})?` \|/gm,
      ),
    ].map(
      ([, name, labels = '']) => `${name} ${labels.split(', ').filter(Boolean).sort().join(' ')}`,
    );
    const { text } = await metricsOf(app.url);
    const served = [...text.matchAll(/^# TYPE (evergreen_\w+)/gm)].map(([, name = '']) => {
      const [, labels = ''] = new RegExp(`^${name}(?:_bucket)?\\{(.*)\\} `, 'm').exec(text) ?? [];
      const names = [...labels.matchAll(/(\w+)="/g)]
        .map(([, label]) => label)
        .filter((label) => label !== 'le');
      return `${name} ${names.sort().join(' ')}`;
    });
    // Of what was not counted yet only the name is served.
    expect(served.filter((one) => !documented.includes(one) && !one.endsWith(' '))).toEqual([]);
    const names = (list: string[]) => list.map((one) => one.split(' ')[0]).sort();
    // Here is no Redis.
    expect(names(documented).filter((name) => name !== 'evergreen_limits_redis_up')).toEqual(
      names(served),
    );
  });
});

describe('a server process', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  it('serves its metrics on METRICS_PORT and there alone, where that is set', async () => {
    const port = await freePort();
    const server = await startServer({
      ...serverEnvironment(database.url),
      METRICS_PORT: String(port),
    });
    const aside = `http://127.0.0.1:${port}`;
    expect((await metricsOf(aside)).value('evergreen_database_connections_max')).toBe(10);
    expect((await call('GET', `${server.url}/metrics`)).body.code).toBe('not_found');
    expect((await fetch(`${aside}/health/live`)).status).toBe(404);
    expect((await fetch(`${aside}/metrics`, { method: 'POST' })).status).toBe(404);
    expect(await server.stop()).toBe(0);
  });

  it('does not start where METRICS_PORT is taken, and says so', async () => {
    const server = await startServer(serverEnvironment(database.url));
    const taken = new URL(server.url).port;
    await expect(
      startServer({ ...serverEnvironment(database.url), METRICS_PORT: taken }),
    ).rejects.toThrow(`:${taken} is used by another process. Stop that one, or set METRICS_PORT.`);
    await server.stop();
  });

  it('tells how far its feed of revocations lags behind', async () => {
    const proxy = await startTcpProxy(Number(new URL(database.url).port));
    const server = await startServer({
      ...serverEnvironment(database.url),
      DATABASE_DIRECT_URL: through(proxy, database.url),
    });
    const read = async (series: string) => (await metricsOf(server.url)).value(series) ?? NaN;
    await eventually(
      async () => (await read('evergreen_revocation_feed_state{state="live"}')) === 1,
    );
    expect(await read('evergreen_revocation_feed_lag_seconds')).toBeLessThan(4);
    proxy.mode = 'silent';
    await eventually(async () => (await read('evergreen_revocation_feed_lag_seconds')) > 4);
    expect(await read('evergreen_revocation_feed_state{state="stale"}')).toBe(1);
    proxy.mode = 'open';
    await eventually(async () => (await read('evergreen_revocation_feed_lag_seconds')) < 4);
    await server.stop();
    await proxy.close();
  });

  it('answers a storm of logins with 200 or 503, never with 401, and goes on afterwards', async () => {
    // One thread is for hashes, so one is computed, 20 wait, and the others come too many.
    const server = await startServer({
      ...serverEnvironment(database.url),
      BCRYPT_COST: '10',
      UV_THREADPOOL_SIZE: '2',
    });
    const api = new Api(server.url);
    const { email } = await api.register();
    const responses = await Promise.all(Array.from({ length: 100 }, () => api.login(email)));
    const refused = responses.filter(({ status }) => status === 503);
    expect([...new Set(responses.map(({ status }) => status))].sort()).toEqual([200, 503]);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({
        code: 'service_unavailable',
        retryable: true,
        clear_credentials: false,
      });
      expect(headers.get('retry-after')).toBe('4');
    }
    expect((await api.login(email)).status).toBe(200);
    const counted = async () =>
      (await metricsOf(server.url)).value(
        'evergreen_logins_total{outcome="failed",cause="service_unavailable"}',
      );
    await eventually(async () => (await counted()) === refused.length);
    expect((await metricsOf(server.url)).value('evergreen_password_hashes_refused_total')).toBe(
      refused.length,
    );
    await server.stop();
  });
});
