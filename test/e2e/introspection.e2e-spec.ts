import { decodeJwt } from 'jose';
import { Api, call, PASSWORD } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { BoundClient } from '../support/bound-client.js';
import { eventually } from '../support/eventually.js';
import { startTcpProxy, through, type TcpProxy } from '../support/tcp-proxy.js';

const ORDERS = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';
const ADMIN_TOKEN = '6c9d1f1e0b7a4a5f8e2d3c4b5a697887162534435261706c9d3f60a1b7e852f4';
const env = { SERVICE_TOKENS: `orders:${ORDERS}`, ADMIN_TOKEN };

const FORM = 'application/x-www-form-urlencoded';

interface Introspection {
  readonly active: boolean;
}

describe('POST /api/auth/introspect', () => {
  let app: TestApp;
  let api: Api;

  beforeAll(async () => {
    app = await startApp({ env });
    api = new Api(app.url);
  });
  afterAll(() => app.close());

  const send = (body: unknown, { type = FORM, token = ORDERS, url = app.url } = {}) =>
    call<Introspection>('POST', `${url}/api/auth/introspect`, {
      token,
      body: type === FORM ? String(new URLSearchParams(body as Record<string, string>)) : body,
      headers: { 'content-type': type },
    });
  const isActive = async (token: string) => (await send({ token })).body.active;

  it.each([[FORM], ['application/json'], [`${FORM}; charset=utf-8`.toUpperCase()]])(
    'says what a good token says, asked by %s',
    async (type) => {
      const { access_token: token, user, session_id } = await api.register();
      const asked = { token, token_type_hint: 'access_token', client_id: 'x' };
      const isForm = type !== 'application/json';
      const { status, body, headers } = await call('POST', `${app.url}/api/auth/introspect`, {
        token: ORDERS,
        body: isForm ? String(new URLSearchParams(asked)) : asked,
        headers: { 'content-type': type },
      });
      expect(status).toBe(200);
      const { iss, aud, iat, exp } = decodeJwt(token);
      expect(body).toEqual({
        active: true,
        token_type: 'bearer',
        sub: user.id,
        sid: session_id,
        roles: [],
        ...{ iss, aud, iat, exp },
      });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-new-token')).toBeNull();
    },
  );

  it('names the key of a bound session, and demands no proof, which is for the service to check', async () => {
    const provingAll = await startApp({
      beside: app,
      env: { ...env, PROOF_ON: 'all' },
    });
    try {
      const client = new BoundClient(provingAll);
      const { access_token: token } = await client.register();
      const { body } = await call('POST', `${provingAll.url}/api/auth/introspect`, {
        token: ORDERS,
        body: { token },
      });
      const cnf = { jkt: client.key.thumbprint };
      expect(body).toMatchObject({ active: true, token_type: 'DPoP', cnf });
    } finally {
      await provingAll.close();
    }
  });

  it('says nothing of what is no access token', async () => {
    const { access_token, refresh_token } = await api.register();
    const [head, payload, signature] = access_token.split('.');
    for (const token of [
      refresh_token!,
      ORDERS,
      '',
      'x',
      '.'.repeat(10_000),
      ` ${access_token}`,
      `${access_token}=`,
      `Bearer ${access_token}`,
      [head, payload, signature?.slice(1)].join('.'),
    ]) {
      const { status, body } = await send({ token });
      expect([status, body]).toEqual([200, { active: false }]);
    }
  });

  it.each([
    ['a logout', (s: SignedIn) => api.logout(s.access_token)],
    [
      'the end of all sessions',
      (s: SignedIn) => api.call('POST', '/auth/logout-all', { token: s.access_token }),
    ],
    [
      'a change of password',
      (s: SignedIn) => api.changePassword(s.access_token, PASSWORD, 'copper-Meadow-58-anchor'),
    ],
    [
      'a change of roles',
      ({ user }: SignedIn) =>
        api.call('PATCH', `/admin/users/${user.id}`, {
          token: ADMIN_TOKEN,
          body: { roles: ['support'] },
        }),
    ],
    [
      'the deactivation of the user',
      ({ user }: SignedIn) =>
        api.call('PUT', `/admin/users/${user.id}/deactivation`, { token: ADMIN_TOKEN }),
    ],
    [
      'its expiry',
      (): Promise<void> => {
        app.clock.advance({ hours: 9 });
        return Promise.resolve();
      },
    ],
  ])('says that a token is not active after %s', async (_what, end) => {
    const session = await api.register();
    expect(await isActive(session.access_token)).toBe(true);
    await end(session);
    expect((await send({ token: session.access_token })).body).toEqual({ active: false });
  });

  it('says the roles of the user', async () => {
    const { user, refresh_token } = await api.register();
    const roles = ['billing', 'support'];
    await api.call('PATCH', `/admin/users/${user.id}`, { token: ADMIN_TOKEN, body: { roles } });
    const { access_token: token } = (await api.refresh(refresh_token!)).body;
    expect((await send({ token })).body).toMatchObject({ active: true, roles });
  });

  it.each([
    ['no token', {}, 422, 'validation_failed'],
    ['a token that is no text', { token: 7 }, 422, 'validation_failed'],
    ['no object', [], 422, 'validation_failed'],
  ])('refuses %s in JSON', async (_what, body, status, code) => {
    const response = await send(body, { type: 'application/json' });
    expect([response.status, response.body.code]).toEqual([status, code]);
  });

  it('refuses a form without a token, with two, and other types', async () => {
    const codeOf = async (body: string, type: string) =>
      (
        await call('POST', `${app.url}/api/auth/introspect`, {
          token: ORDERS,
          body,
          headers: { 'content-type': type },
        })
      ).body.code;
    expect(await codeOf('', FORM)).toBe('validation_failed');
    expect(await codeOf('token=x&token=y', FORM)).toBe('malformed_request');
    expect(await codeOf('token=x', 'text/plain')).toBe('unsupported_media_type');
  });

  it.each([[FORM], ['application/vnd.evergreen+form']])(
    'leaves other routes without forms: %s',
    async (type) => {
      const { status, body } = await call('POST', `${app.url}/api/auth/login`, {
        body: 'email=a%40example.com&password=x',
        headers: { 'content-type': type },
      });
      expect([status, body.code]).toEqual([415, 'unsupported_media_type']);
    },
  );

  it.each([
    ['no token', '', 'token_missing'],
    ['another token', `${ORDERS}0`, 'token_invalid'],
    ['the token of operators', ADMIN_TOKEN, 'token_invalid'],
  ])('is closed to %s', async (_what, token, code) => {
    const { access_token } = await api.register();
    const { status, body } = await send({ token: access_token }, { token });
    expect([status, body.code]).toEqual([401, code]);
  });

  it('does not exist without SERVICE_TOKENS', async () => {
    const closed = await startApp({ beside: app });
    const { body } = await send({ token: 'x' }, { url: closed.url }).finally(() => closed.close());
    expect(body.code).toBe('not_found');
  });

  it('never says that a token is not active while nobody can know', async () => {
    const proxy = await startTcpProxy(Number(new URL(app.database.url).port));
    const cut = await startBehind(proxy);
    try {
      await eventually(async () => (await call('GET', `${cut.url}/health/ready`)).status === 200);
      const { access_token: token } = await api.register();
      proxy.mode = 'cut';
      await eventually(async () => (await send({ token }, { url: cut.url })).status === 503, {
        withinMs: 15_000,
      });
      const { body, headers } = await send({ token }, { url: cut.url });
      expect(body.code).toBe('service_unavailable');
      expect(headers.get('retry-after')).toMatch(/^\d+$/);
      expect((await send({ token: 'x' }, { url: cut.url })).body).toEqual({ active: false });
      proxy.mode = 'open';
      await eventually(async () => (await send({ token }, { url: cut.url })).body.active);
    } finally {
      await cut.close();
      await proxy.close();
    }
  });

  /** All connections are behind the proxy, those of a pool that is elsewhere behind a pooler, too. */
  const startBehind = (proxy: TcpProxy) => {
    const url = through(proxy, app.database.url);
    return startApp({
      beside: app,
      env: { ...env, DATABASE_URL: url, DATABASE_DIRECT_URL: url },
    });
  };
});

type SignedIn = Awaited<ReturnType<Api['register']>>;
