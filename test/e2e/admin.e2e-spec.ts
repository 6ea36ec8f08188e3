import { randomUUID } from 'node:crypto';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { EventListResponse } from '../../src/activity/index.js';
import { Api, call, type CallOptions } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { lastMail, UNDELIVERED } from '../support/mails.js';
import { ofWholeServer } from '../support/mounted.js';

const TOKEN = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';

describe('/api/admin', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await startApp({ env: { ADMIN_TOKEN: TOKEN } });
  });
  afterEach(() => app.close());

  const admin = async <Body = Record<string, unknown>>(
    method: string,
    path: string,
    options: CallOptions = {},
  ) => call<Body>(method, `${app.url}/api/admin${path}`, { token: TOKEN, ...options });
  const codeOf = async (api: Api, token: string) => (await api.me(token)).body.code;

  ofWholeServer('is not in the documentation without ADMIN_TOKEN', async () => {
    const closed = await startApp({ beside: app });
    const { text } = await call('GET', `${closed.url}/openapi.json`);
    await closed.close();
    expect(text).not.toMatch(/api\/admin|admin_token|ADMIN_TOKEN/);
    expect(text).not.toMatch(/api\/feed|auth\/introspect|service_token|SERVICE_TOKENS/);
  });

  it('does not respond without ADMIN_TOKEN', async () => {
    const closed = await startApp({ beside: app });
    for (const [method, path] of [
      ['GET', '/users?user=x'],
      ['GET', '/revocations'],
      ['DELETE', '/sessions?before=2026-11-21T09:00:00Z'],
    ] as const) {
      expect(
        (await call(method, `${closed.url}/api/admin${path}`, { token: TOKEN })).body.code,
      ).toBe('not_found');
    }
    await closed.close();

    const { body } = await call<OpenAPIObject>('GET', `${app.url}/openapi.json`);
    expect(Object.keys(body.paths).filter((path) => path.startsWith('/api/admin'))).toHaveLength(9);
    expect(body.components?.securitySchemes).toHaveProperty('admin_token');
  });

  it.each([
    ['nothing', undefined, 'token_missing'],
    ['another token', `${TOKEN.slice(1)}0`, 'token_invalid'],
    ['a part of it', TOKEN.slice(0, -1), 'token_invalid'],
    ['more than it', `${TOKEN}0`, 'token_invalid'],
    ['it in capitals', TOKEN.toUpperCase(), 'token_invalid'],
  ])('is closed to %s', async (_what, token, code) => {
    const { status, body, headers } = await admin('GET', '/revocations', { token });
    expect([status, body.code]).toEqual([401, code]);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('is closed to a user, and records that they tried', async () => {
    const { access_token } = await new Api(app.url).register();
    expect((await admin('GET', '/revocations', { token: access_token })).body.code).toBe(
      'token_invalid',
    );
    const events = await app.database.query(
      `SELECT user_id, network, details FROM security_events WHERE type = 'admin_denied'`,
    );
    expect(events).toEqual([{ user_id: null, network: '127.0.0.0/24', details: {} }]);
  });

  it('limits guesses by network, whatever port a proxy reports beside the address', async () => {
    const proxied = await startApp({
      beside: app,
      env: { ADMIN_TOKEN: TOKEN, TRUST_PROXY: '127.0.0.1' },
    });
    const codes = new Set<string>();
    for (let port = 1; port <= 70; port++) {
      const headers = { 'x-forwarded-for': `192.0.2.7:${port}` };
      const url = `${proxied.url}/api/admin/revocations`;
      codes.add((await call('GET', url, { token: 'x', headers })).body.code);
    }
    await proxied.close();
    expect(codes).toEqual(new Set(['token_invalid', 'rate_limited']));
  });

  it.each([
    ['wrong tokens', 'x'],
    ['no token', ''],
  ])('limits requests with %s by network, and locks no operator out', async (_, token) => {
    app.clock.advance({ minutes: 1 });
    for (let count = 1; count <= 60; count++)
      expect((await admin('GET', '/revocations', { token })).status).toBe(401);
    expect((await admin('GET', '/revocations', { token })).status).toBe(429);
    for (let count = 1; count <= 61; count++)
      expect((await admin('GET', '/revocations')).status).toBe(200);
    app.clock.advance({ minutes: 1 });
    expect((await admin('GET', '/revocations', { token })).status).toBe(401);
  });

  it('changes roles and metadata of a user, and signs nobody out', async () => {
    const api = new Api(app.url);
    const { user, access_token, refresh_token } = await api.register();
    const change = { roles: ['support', 'admin'], metadata: { plan: 'small' } };
    const { status, body } = await admin('PATCH', `/users/${user.id}`, { body: change });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: user.id, ...change, roles: ['admin', 'support'] });
    expect(await codeOf(api, access_token)).toBe('token_expired');
    const { access_token: next } = (await api.refresh(refresh_token!)).body;
    expect(await codeOf(api, next)).toBeUndefined();

    const unchanged = await admin('PATCH', `/users/${user.id}`, { body: {} });
    expect(unchanged.body).toMatchObject({
      roles: ['admin', 'support'],
      metadata: change.metadata,
    });
    expect(await codeOf(api, next)).toBeUndefined();
  });

  it.each([
    [{ roles: ['a b'] }],
    [{ roles: 'admin' }],
    [{ roles: [1] }],
    [{ metadata: [] }],
    [{ metadata: 'x' }],
    [{ metadata: { text: 'x'.repeat(4096) } }],
    [{ metadata: { plan: 'small' }, roles: [''] }],
    [{ email: 'other@example.com' }],
  ])('refuses to change a user to %j, and changes nothing', async (change) => {
    const { user } = await new Api(app.url).register();
    const { status, body } = await admin('PATCH', `/users/${user.id}`, { body: change });
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    const [found] = (await admin<{ users: object[] }>('GET', `/users?user=${user.id}`)).body.users;
    expect(found).toMatchObject({ roles: [], metadata: {} });
  });

  it('finds users by address or id', async () => {
    const { user, email } = await new Api(app.url).register();
    for (const name of [email, email.toUpperCase(), user.id]) {
      const { body } = await admin('GET', `/users?user=${encodeURIComponent(name)}`);
      expect(body.users).toEqual([
        {
          ...user,
          created_at: expect.any(String) as string,
          deactivated_at: null,
          roles: [],
          metadata: {},
        },
      ]);
    }
    expect((await admin('GET', '/users?user=nobody@example.com')).body.users).toEqual([]);
    expect((await admin('GET', '/users')).body.code).toBe('validation_failed');
  });

  it('lists and ends sessions', async () => {
    const api = new Api(app.url);
    const { user, email, access_token, session_id } = await api.register();
    const { body: second } = await api.login(email);
    const { body: third } = await api.login(email);
    const path = `/users/${user.id}/sessions`;
    const idsOf = async () =>
      ((await admin('GET', path)).body.sessions as { id: string }[]).map(({ id }) => id);
    expect(await idsOf()).toEqual([third.session_id, second.session_id, session_id]);

    expect((await admin('DELETE', `${path}/${session_id}`)).status).toBe(204);
    expect(await codeOf(api, access_token)).toBe('session_revoked');
    expect((await admin('DELETE', `${path}/${session_id}`)).body.code).toBe('not_found');
    expect((await admin('DELETE', path)).body).toEqual({ revoked: 2 });
    expect(await codeOf(api, second.access_token)).toBe('session_revoked');
    expect(await idsOf()).toEqual([]);
  });

  it('deactivates and reactivates', async () => {
    const api = new Api(app.url);
    const { user, email, access_token } = await api.register();
    expect((await admin('PUT', `/users/${user.id}/deactivation`)).body).toEqual({ revoked: 1 });
    expect(await codeOf(api, access_token)).toBe('session_revoked');
    expect((await api.login(email)).body.code).toBe('invalid_credentials');
    const { body } = await admin('GET', `/users?user=${user.id}`);
    expect(body.users).toMatchObject([
      { id: user.id, deactivated_at: expect.any(String) as string },
    ]);
    expect((await admin('DELETE', `/users/${user.id}/deactivation`)).status).toBe(204);
    expect((await api.login(email)).status).toBe(200);
  });

  it('pages through the events of a user, as the user sees them', async () => {
    const api = new Api(app.url);
    const { user, email } = await api.register();
    const { body: signedIn } = await api.login(email);
    const path = `/users/${user.id}/events`;
    const first = await admin<EventListResponse>('GET', `${path}?limit=1`);
    expect(first.body.events.map(({ type }) => type)).toEqual(['login_succeeded']);
    const cursor = first.body.next_cursor ?? '';
    const second = await admin<EventListResponse>('GET', `${path}?cursor=${cursor}`);
    expect(second.body.events.map(({ type }) => type)).toEqual(['registered']);
    expect(second.body.next_cursor).toBeNull();

    const own = await api.call('GET', '/auth/events', { token: signedIn.access_token });
    expect((await admin('GET', path)).body).toEqual(own.body);
    expect((await admin('GET', `${path}?limit=0`)).body.code).toBe('validation_failed');
  });

  it('mails a link to set a new password, which needs its code', async () => {
    const mailing = await startApp({ beside: app, env: { ...UNDELIVERED, ADMIN_TOKEN: TOKEN } });
    try {
      const { user, email } = await new Api(mailing.url).register();
      const url = `${mailing.url}/api/admin/users/${user.id}`;
      const reset = async () => call('POST', `${url}/password-reset`, { token: TOKEN });
      const { status, text } = await reset();
      expect([status, text]).toEqual([202, '']);
      expect(await lastMail(mailing, email, 'reset_password')).toMatchObject({
        code: expect.any(String) as string,
      });
      await call('PUT', `${url}/deactivation`, { token: TOKEN });
      expect((await reset()).body.code).toBe('conflict');
    } finally {
      await mailing.close();
    }
  });

  it('sends no link, nor hands one over, where no mail is sent', async () => {
    const env = { ADMIN_TOKEN: TOKEN, NODE_ENV: 'staging' };
    const silent = await startApp({ beside: app, env });
    try {
      const { user } = await new Api(silent.url).register();
      const url = `${silent.url}/api/admin/users/${user.id}/password-reset`;
      const { status, body } = await call('POST', url, { token: TOKEN });
      expect([status, body.code]).toEqual([503, 'mail_not_configured']);
    } finally {
      await silent.close();
    }
  });

  it('ends what began before an instant, not what began at it or after', async () => {
    const api = new Api(app.url);
    const sessions = [await api.register(), await api.register(), await api.register()];
    const instant = Date.parse('2026-11-21T09:00:00.000Z');
    for (const [index, { session_id }] of sessions.entries()) {
      await app.database.query('UPDATE sessions SET created_at = $2 WHERE id = $1', [
        session_id,
        new Date(instant + index - 1),
      ]);
    }
    const endBefore = async (before: string) =>
      admin('DELETE', `/sessions?before=${encodeURIComponent(before)}`);
    expect((await endBefore('2026-11-21T10:00:00.000+01:00')).body).toEqual({ revoked: 1 });
    const codes = await Promise.all(sessions.map(({ access_token }) => codeOf(api, access_token)));
    expect(codes).toEqual(['session_revoked', undefined, undefined]);
    expect((await endBefore('yesterday')).body.code).toBe('validation_failed');
    expect((await admin('DELETE', '/sessions')).body.code).toBe('validation_failed');
  });

  it('goes through all sessions, step by step', async () => {
    const { user } = await new Api(app.url).register();
    await app.database.query(
      `INSERT INTO sessions (id, user_id, generation, generation_key, next_key, children, superseded, transport, lifetime_seconds,
         device_name, created_at, authenticated_at, last_used_at, expires_at, absolute_expires_at)
       SELECT gen_random_uuid(), $1, 0, 0, 1, '[]', '[]', 'body', 60, 'x', now(), now(), now(), now() + interval '1 day', now() + interval '1 day'
       FROM generate_series(1, 2500)`,
      [user.id],
    );
    expect((await admin('DELETE', '/sessions?before=2100-01-01T00:00:00Z')).body).toEqual({
      revoked: 2501,
    });
    expect((await admin('GET', '/revocations')).body).toMatchObject({
      size: 2501,
      newest_at: expect.any(String) as string,
    });
  });

  it.each([
    ['GET', '/users/ID/sessions'],
    ['DELETE', '/users/ID/sessions'],
    ['GET', '/users/ID/events'],
    ['POST', '/users/ID/password-reset'],
    ['DELETE', '/users/ID/sessions/ID'],
    ['PUT', '/users/ID/deactivation'],
    ['DELETE', '/users/ID/deactivation'],
  ])('%s %s is not_found where there is no such user', async (method, path) => {
    expect((await admin(method, path.replaceAll('ID', randomUUID()))).body.code).toBe('not_found');
    expect((await admin(method, path.replaceAll('ID', 'x'))).body.code).toBe('not_found');
  });
});
