import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@evergreen-auth/dev-postgres';
import { Api, newEmail, refreshTokenOf } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startReceiver, type Receiver } from '../support/receiver.js';
import { serverEnvironment, startServer } from '../support/server-process.js';

const PASSWORDS = ['canary-Violet-73-lantern', 'canary-Copper-58-anchor'] as const;
const STRANGER = '203.0.113.77';
const AGENT = 'canary-agent/7.0';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { traceId: string; spanId: string }[];
  readonly name: string;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, unknown>>;
  }[];
  readonly status: { readonly code?: number };
}

/** The part of an OTLP request that is looked at here. */
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: unknown;
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

describe('the traces', () => {
  let database: TestDatabase;
  let receiver: Receiver;
  let endpoint: string;

  beforeEach(async () => {
    [database, receiver] = await Promise.all([createDatabase(), startReceiver()]);
    endpoint = new URL(receiver.url).origin;
  });
  afterEach(async () => {
    receiver.close();
    await database.drop();
  });

  const spans = () =>
    receiver.received.flatMap(({ body }) =>
      (JSON.parse(body) as Export).resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
  const attributesOf = ({ attributes }: Span) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
  const childrenOf = ({ spanId }: Span) =>
    spans().filter(({ parentSpanId }) => parentSpanId === spanId);
  const start = (env: Record<string, string> = {}) =>
    startServer({
      ...serverEnvironment(database.url),
      OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/`,
      ...env,
    });

  it('show each request with its queries, and not the probes; what is left is sent when the server stops', async () => {
    const server = await start({ OTEL_SERVICE_NAME: 'auth-of-tests' });
    const api = new Api(server.url);
    const session = await api.register();
    await api.call('POST', '/auth/refresh', {
      token: refreshTokenOf(session),
      headers: { 'x-request-id': 'my-refresh' },
    });
    await api.call('GET', '/nowhere');
    await database.query(`ALTER TABLE users ADD CONSTRAINT nobody_new CHECK (false) NOT VALID`);
    await api.call('POST', '/auth/register', {
      body: { email: newEmail(), password: PASSWORDS[0] },
    });
    expect(await server.stop()).toBe(0);

    const roots = spans().filter(({ parentSpanId }) => !parentSpanId);
    expect(roots.map(({ name }) => name)).toEqual([
      'POST /api/auth/register',
      'POST /api/auth/refresh',
      'GET none',
      'POST /api/auth/register',
    ]);
    const [registration, refresh, lost, failure] = roots as [Span, Span, Span, Span];
    expect(childrenOf(registration).map(({ name }) => name)).toEqual([
      'START',
      'INSERT users',
      'find_reservation',
      'begin_session',
      'COMMIT',
      'add_event',
    ]);
    expect(childrenOf(refresh).map(({ name }) => name)).toEqual(['confirm_token']);
    expect(attributesOf(refresh)).toEqual({
      'http.request.method': 'POST',
      'http.route': '/api/auth/refresh',
      'http.response.status_code': 200,
      'evergreen.request_id': 'my-refresh',
    });
    expect(attributesOf(lost)).toMatchObject({
      'http.response.status_code': 404,
      'evergreen.code': 'not_found',
    });
    expect(failure.status.code).toBe(2);
    const failed = childrenOf(failure).filter(({ status }) => status.code === 2);
    expect(failed.map((span) => [span.name, attributesOf(span)['error.type']])).toEqual([
      ['INSERT users', '23514'],
    ]);
    expect(JSON.stringify(receiver.received)).toContain('auth-of-tests');
  });

  it('hold no token, no password and no address, of whatever kind', async () => {
    const server = await start({ TRUST_PROXY: '127.0.0.1', ACCESS_TOKEN_RENEW_MINUTES: '60' });
    const headers = { 'x-forwarded-for': STRANGER, 'user-agent': AGENT };
    const api = new Api(server.url);
    const email = newEmail();
    const secrets: string[] = [...PASSWORDS, email, STRANGER, AGENT, '127.0.0.1', 'canary-query'];
    const keep = (...tokens: (string | null | undefined)[]) => {
      for (const token of tokens) if (token) secrets.push(...token.split('.').slice(1));
    };
    const first = await api.register({ email, password: PASSWORDS[0] });
    keep(first.access_token, first.refresh_token);
    keep(
      (
        await api.call('GET', '/users/me?secret=canary-query', {
          token: first.access_token,
          headers,
        })
      ).headers.get('x-new-token'),
    );
    const { body } = await api.refresh(refreshTokenOf(first));
    keep(body.access_token, body.refresh_token);
    await api.call('POST', '/auth/login', { body: { email, password: PASSWORDS[1] }, headers });
    const changed = await api.changePassword(body.access_token, PASSWORDS[0], PASSWORDS[1]);
    keep(changed.body.access_token, changed.body.refresh_token);
    await api.call('GET', '/auth/events', { token: changed.body.access_token, headers });
    await api.call('DELETE', '/sessions/canary-query', {
      token: changed.body.access_token,
      headers,
    });
    await server.stop();

    expect(spans().length).toBeGreaterThan(20);
    const everything = receiver.received.map(({ body }) => body).join();
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
    expect(everything).not.toMatch(/eyJ|\$2[aby]\$|SELECT .* WHERE|\$1/);
  });

  it('continue those of a caller, each with its own queries, though they wait for one connection', async () => {
    const server = await start({
      DATABASE_POOL_SIZE: '1',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    });
    const api = new Api(server.url);
    const { access_token: token } = await api.register();
    const callers = Array.from({ length: 40 }, () => ({
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
    }));
    await Promise.all(
      callers.map(({ traceId, spanId }, index) =>
        api.call('GET', index % 2 ? '/users/me' : '/sessions', {
          token,
          headers: { traceparent: `00-${traceId}-${spanId}-01` },
        }),
      ),
    );
    await api.call('GET', '/users/me', {
      token,
      headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` },
    });
    await server.stop();

    for (const [index, { traceId, spanId }] of callers.entries()) {
      const trace = spans().filter((span) => span.traceId === traceId);
      const own = trace.find(({ parentSpanId }) => parentSpanId === spanId);
      expect(own?.name).toBe(index % 2 ? 'GET /api/users/me' : 'GET /api/sessions');
      expect(
        trace.filter((span) => span !== own).map(({ name, parentSpanId }) => [name, parentSpanId]),
      ).toEqual([[index % 2 ? 'SELECT users' : 'list_sessions', own?.spanId]]);
    }
    // A caller who has decided against it is obeyed.
    expect(spans().filter(({ traceId }) => traceId === 'a'.repeat(32))).toEqual([]);
  });

  it('are not for a stranger to choose: a span has a link to that of the caller', async () => {
    const server = await start({});
    const [traceId, spanId] = ['a'.repeat(32), 'b'.repeat(16)];
    const headers = { traceparent: `00-${traceId}-${spanId}-00` };
    await new Api(server.url).call('GET', '/users/me', { headers });
    await server.stop();
    const [span] = spans();
    expect(span?.traceId).not.toBe(traceId);
    expect(span?.links).toMatchObject([{ traceId, spanId }]);
  });

  it('are made of no request where the share is 0, whatever a stranger says', async () => {
    const server = await start({ OTEL_TRACES_SAMPLER_ARG: '0' });
    await new Api(server.url).register();
    const headers = { traceparent: `00-${'0'.repeat(31)}1-${'b'.repeat(16)}-01` };
    await new Api(server.url).call('GET', '/users/me', { headers });
    await server.stop();
    expect(receiver.received).toEqual([]);
  });

  it('hold nothing up where the receiver is away: requests are served, and the server stops', async () => {
    const server = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    });
    const api = new Api(server.url);
    const { access_token } = await api.register();
    expect((await api.me(access_token)).status).toBe(200);
    expect(await server.stop()).toBe(0);
    expect(server.log).toContain('"context":"Tracing"');
  });

  it.each([true, false])(
    'load OpenTelemetry only where they are sent somewhere: %p',
    async (isOn) => {
      const folder = mkdtempSync(join(tmpdir(), 'evergreen-loaded-'));
      // Node lists here, when it ends, every script that it has loaded.
      const env = { ...serverEnvironment(database.url), NODE_V8_COVERAGE: folder };
      const server = await startServer(
        isOn ? { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } : env,
      );
      await new Api(server.url).register();
      expect(await server.stop()).toBe(0);
      const loaded = readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join();
      rmSync(folder, { recursive: true });
      expect(loaded).toContain('app.setup.js');
      for (const name of [
        '@opentelemetry/sdk-trace/',
        '@opentelemetry/exporter-trace-otlp-http/',
        'tracing/tracing.js',
      ]) {
        expect({ name, isLoaded: loaded.includes(name) }).toEqual({ name, isLoaded: isOn });
      }
    },
  );
});
