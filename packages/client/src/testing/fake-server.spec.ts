import { type AuthClient, type AuthClientOptions, createAuthClient } from '../core/index.js';
import {
  createFakeClock,
  createFakeServer,
  type FakeServer,
  type FakeServerOptions,
  reply,
} from './index.js';
import { readToken } from './tokens.js';

const CREDENTIALS = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };
const NEW_PASSWORD = 'copper-Meadow-58-anchor';

const clock = createFakeClock();
const clients: AuthClient[] = [];

afterEach(() => clients.splice(0).forEach((client) => client.dispose()));

function setUp(options: FakeServerOptions = {}): FakeServer {
  const server = createFakeServer({ clock, ...options });
  server.addUser(CREDENTIALS);
  server.handle('GET /api/orders', (_request, { user }) => Response.json({ buyer: user.email }));
  return server;
}

function newClient(server: FakeServer, options: AuthClientOptions = {}): AuthClient {
  const client = createAuthClient({
    baseUrl: server.url,
    fetch: server.fetch,
    clock,
    storage: 'memory',
    ...options,
  });
  clients.push(client);
  return client;
}

async function signedIn(server: FakeServer, options: AuthClientOptions = {}): Promise<AuthClient> {
  const client = newClient(server, options);
  await within(1_000, client.ready());
  await client.login(CREDENTIALS);
  return client;
}

/**
 * A token that has just come is not replaced, even where it is refused; so time has to pass before.
 */
async function letTokensExpire(server: FakeServer): Promise<void> {
  await clock.advance(10_000);
  server.expireAccessTokens();
}

/** What it comes to within so much of the fake time. */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const [result] = await Promise.all([promise, clock.advance(milliseconds)]);
  return result;
}

async function request(
  server: FakeServer,
  route: string,
  { token, body }: { token?: string; body?: string } = {},
) {
  const [method, path] = route.split(' ');
  const headers = { 'X-Device-Id': 'a device', ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await server.fetch(`${server.url}${path}`, { method, headers, body });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text ? JSON.parse(text) : undefined,
  };
}

/** The client and the fake server as they load in the environment as it is now. */
async function isolated() {
  const load = async () => ({
    ...(await import('../core/index.js')),
    ...(await import('./index.js')),
  });
  let loaded: Awaited<ReturnType<typeof load>> | undefined;
  await jest.isolateModulesAsync(async () => void (loaded = await load()));
  return loaded!;
}

async function login(
  server: FakeServer,
): Promise<{ access_token: string; refresh_token: string; session_id: string }> {
  return (await request(server, 'POST /api/auth/login', { body: JSON.stringify(CREDENTIALS) }))
    .body;
}

describe('createFakeServer', () => {
  describe('to the client', () => {
    it('registers a user, who stays signed in for a week', async () => {
      const server = setUp();
      const client = newClient(server);
      await client.register({
        email: 'grace@example.com',
        password: CREDENTIALS.password,
        first_name: 'Grace',
      });
      await clock.advance(7 * 86_400_000);
      expect(client.getSnapshot()).toMatchObject({
        status: 'authenticated',
        user: { email: 'grace@example.com', first_name: 'Grace' },
      });
      expect(server.refreshes.length).toBeGreaterThan(300);
      expect(server.refreshes.every(({ outcome }) => outcome === 'rotated')).toBe(true);
      expect(client.getCurrentUser()).toMatchObject({ email: 'grace@example.com' });
    });

    it("answers the application's own routes to whoever is signed in", async () => {
      const server = setUp();
      const client = await signedIn(server);
      expect(await (await client.fetch('/api/orders')).json()).toEqual({
        buyer: CREDENTIALS.email,
      });
      expect((await newClient(server).fetch('/api/orders')).status).toBe(401);
    });

    it('takes a path that ends in an asterisk for all that begin like it', async () => {
      const server = setUp();
      server.handle('DELETE /api/orders/*', (answered) => Response.json({ url: answered.url }));
      const client = await signedIn(server);
      expect((await client.fetch('/api/orders/17', { method: 'DELETE' })).status).toBe(200);
      expect((await client.fetch('/api/orders/17')).status).toBe(404);
    });

    it.each([
      ['a Response', () => new Response('sold out', { status: 409 }), 409, 'sold out'],
      ['reply()', () => reply({ code: 'sold_out' }, { status: 409 }), 409, '{"code":"sold_out"}'],
      ['an object', () => ({ id: 1 }), 200, '{"id":1}'],
      ['a promise of a list', () => Promise.resolve([]), 200, '[]'],
      ['null', () => null, 200, 'null'],
      ['nothing', () => undefined, 204, ''],
    ])('answers as a route does: %s', async (_what, handler, status, text) => {
      const server = setUp();
      server.handle('POST /api/orders', handler);
      const client = await signedIn(server);
      const answer = await client.fetch('/api/orders', { method: 'POST', body: '{}' });
      expect(answer.status).toBe(status);
      expect(await answer.text()).toBe(text);
      const type = text.startsWith('sold') ? 'text/plain;charset=UTF-8' : 'application/json';
      expect(answer.headers.get('Content-Type')).toBe(text ? type : null);
    });

    it('lets a route read what is delivered twice', async () => {
      const server = setUp();
      const bodies: unknown[] = [];
      server.handle('POST /api/orders', async (answered) => bodies.push(await answered.json()));
      const client = await signedIn(server);
      server.faults.next('/api/orders', 'duplicate');
      const answer = await client.fetch('/api/orders', { method: 'POST', body: '{"a":1}' });
      expect(await answer.json()).toBe(2);
      expect(bodies).toEqual([{ a: 1 }, { a: 1 }]);
    });

    it('keeps a session by cookie alone', async () => {
      const server = setUp();
      const client = await signedIn(server, { transport: 'cookie' });
      await letTokensExpire(server);
      expect((await client.fetch('/api/orders')).status).toBe(200);
      client.dispose();
      const reloaded = newClient(server, { transport: 'cookie' });
      await within(1_000, reloaded.ready());
      expect(reloaded.getSnapshot()).toMatchObject({ status: 'authenticated' });
      await reloaded.logout();
      expect(server.sessions).toEqual([]);
      const afterwards = newClient(server, { transport: 'cookie' });
      await within(1_000, afterwards.ready());
      expect(afterwards.getSnapshot()).toMatchObject({ status: 'unauthenticated' });
    });

    it('changes the password: this session goes on, the others are over', async () => {
      const server = setUp();
      const client = await signedIn(server);
      const elsewhere = await signedIn(server);
      await client.changePassword({
        current_password: CREDENTIALS.password,
        new_password: NEW_PASSWORD,
      });
      expect(server.sessions).toHaveLength(1);
      expect(await client.refreshToken()).toEqual(expect.any(String));
      await elsewhere.fetch('/api/orders');
      expect(elsewhere.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'revoked' });
    });

    it('renews an access token near its end', async () => {
      const server = setUp();
      const client = await signedIn(server, { refreshMarginSeconds: 0 });
      const before = await client.getAccessToken();
      await clock.advance(26 * 60_000);
      await client.fetch('/api/orders');
      expect(await client.getAccessToken()).not.toBe(before);
      expect(server.refreshes).toEqual([]);
    });

    it('ends a session as from another device', async () => {
      const server = setUp();
      const client = await signedIn(server);
      server.sessions.forEach(({ id }) => server.endSession(id));
      expect((await client.fetch('/api/orders')).status).toBe(401);
      expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'revoked' });
    });

    it('ends a session that nobody has used for its time', async () => {
      const server = setUp({ sessionSeconds: 60 });
      const client = await signedIn(server);
      clock.sleep(60_000);
      await expect(client.fetch('/api/orders')).rejects.toMatchObject({ code: 'session_expired' });
      expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'expired' });
      expect(server.sessions).toEqual([]);
    });
  });

  describe('faults', () => {
    const outcomes = (server: FakeServer) => server.refreshes.map(({ outcome }) => outcome);

    it.each([
      ['reset', ['rotated']],
      ['hang', ['rotated']],
      ['lose-response', ['rotated', 'replayed']],
      ['duplicate', ['rotated', 'replayed']],
      [{ delayMs: 3_000 }, ['rotated']],
      [{ delayMs: 6_000 }, ['rotated', 'replayed']],
      [429, ['rotated']],
      [500, ['rotated']],
      [502, ['rotated']],
      [503, ['rotated']],
      [() => Promise.resolve(new Response('<h1>Sign in to the Wi-Fi</h1>')), ['rotated']],
      [() => ({ motd: 'Sign in to the Wi-Fi' }), ['rotated']],
    ] as const)(
      '%p befalls one refresh, and the request gets its answer all the same',
      async (fault, expected) => {
        const server = setUp();
        const client = await signedIn(server);
        await letTokensExpire(server);
        server.faults.next('refresh', fault);
        expect((await within(30_000, client.fetch('/api/orders'))).status).toBe(200);
        expect(outcomes(server)).toEqual(expected);
      },
    );

    it('come one after the other, each to its route', async () => {
      const server = setUp();
      const client = await signedIn(server);
      server.faults.next('/api/orders', 503);
      server.faults.next('/api/orders', 'reset');
      server.faults.next('refresh', 503);
      expect((await client.fetch('/api/orders')).status).toBe(503);
      await expect(client.fetch('/api/orders')).rejects.toThrow(TypeError);
      expect((await client.fetch('/api/orders')).status).toBe(200);
    });

    it('are chosen by a function until they are cleared', async () => {
      const server = setUp();
      const client = await signedIn(server);
      server.faults.each(({ method }) => (method === 'GET' ? 502 : undefined));
      expect((await client.fetch('/api/orders')).status).toBe(502);
      expect((await client.fetch('/api/orders')).status).toBe(502);
      server.faults.clear();
      expect((await client.fetch('/api/orders')).status).toBe(200);
    });

    it('of a hanging request end with its signal', async () => {
      const server = setUp();
      server.faults.next('/api/orders', 'hang');
      const impatient = new AbortController();
      const answer = server.fetch(`${server.url}/api/orders`, { signal: impatient.signal });
      impatient.abort();
      await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    });

    it.each(['lose-response', { delayMs: 6_000 }] as const)(
      'keep the cookie back with the answer that brings it: %p',
      async (fault) => {
        const server = setUp();
        const client = await signedIn(server, { transport: 'cookie' });
        server.faults.next('refresh', fault);
        await expect(within(30_000, client.refreshToken())).resolves.toEqual(expect.any(String));
        expect(outcomes(server)).toEqual(['rotated', 'replayed']);
      },
    );
  });

  describe('refusals', () => {
    it.each([
      [
        'POST /api/auth/login',
        { email: CREDENTIALS.email, password: 'wrong' },
        401,
        'invalid_credentials',
      ],
      [
        'POST /api/auth/register',
        { email: 'nobody', password: CREDENTIALS.password },
        422,
        'validation_failed',
      ],
      [
        'POST /api/auth/register',
        { email: 'grace@example.com', password: '1234567' },
        422,
        'password_unacceptable',
      ],
      ['POST /api/auth/register', CREDENTIALS, 409, 'email_taken'],
      ['POST /api/auth/login', { ...CREDENTIALS, transport: 'cookie' }, 403, 'csrf_failed'],
      ['POST /api/auth/refresh', {}, 401, 'token_missing'],
      ['GET /api/auth/verify', undefined, 401, 'token_missing'],
    ])('%s of %j is %i %s', async (route, body, status, code) => {
      const answer = await request(setUp(), route, { body: body && JSON.stringify(body) });
      expect(answer).toMatchObject({
        status,
        body: { status, code, retryable: false, clear_credentials: false },
      });
      expect(answer.headers.get('Content-Type')).toContain('application/problem+json');
    });

    it('a body that is no JSON is 400 malformed_json', async () => {
      expect(await request(setUp(), 'POST /api/auth/login', { body: '{' })).toMatchObject({
        status: 400,
        body: { code: 'malformed_json' },
      });
    });

    it('a wrong current password is 422 and changes nothing', async () => {
      const server = setUp();
      const { access_token } = await login(server);
      const body = JSON.stringify({ current_password: 'wrong', new_password: NEW_PASSWORD });
      const answer = await request(server, 'POST /api/auth/change-password', {
        token: access_token,
        body,
      });
      expect(answer).toMatchObject({ status: 422, body: { code: 'current_password_invalid' } });
      expect(server.sessions).toHaveLength(1);
    });

    it.each([
      ['GET /api/auth/verify', false],
      ['POST /api/auth/refresh', true],
    ])(
      'what is no token of ours clears credentials on the refresh route alone: %s',
      async (route, clear_credentials) => {
        const answer = await request(setUp(), route, { token: 'a.b.c' });
        expect(answer).toMatchObject({
          status: 401,
          body: { code: 'token_invalid', clear_credentials },
        });
        expect(answer.headers.get('WWW-Authenticate')).toContain('invalid_token');
      },
    );

    it('neither token passes for the other', async () => {
      const server = setUp();
      const { access_token, refresh_token } = await login(server);
      expect(await request(server, 'GET /api/auth/verify', { token: refresh_token })).toMatchObject(
        { body: { code: 'token_invalid' } },
      );
      const asBody = JSON.stringify({ refresh_token: access_token });
      const answer = await request(server, 'POST /api/auth/refresh', { body: asBody });
      expect(answer.headers.get('X-Refresh-Outcome')).toBe('renewed');
    });

    it.each([
      ['1 s before its end', 1_799, 200],
      ['at its end', 1_800, 401],
      ['1 s after', 1_801, 401],
    ])('an access token %s', async (_when, seconds, status) => {
      const server = setUp();
      const { access_token } = await login(server);
      clock.sleep(seconds * 1000);
      expect(await request(server, 'GET /api/auth/verify', { token: access_token })).toMatchObject({
        status,
      });
    });

    it('an access token from before a change of password is token_expired, of an ended session session_revoked', async () => {
      const server = setUp();
      const { access_token, session_id } = await login(server);
      const body = JSON.stringify({
        current_password: CREDENTIALS.password,
        new_password: NEW_PASSWORD,
      });
      await request(server, 'POST /api/auth/change-password', { token: access_token, body });
      expect(await request(server, 'GET /api/auth/me', { token: access_token })).toMatchObject({
        body: { code: 'token_expired' },
      });
      server.endSession(session_id);
      expect(await request(server, 'GET /api/auth/me', { token: access_token })).toMatchObject({
        status: 401,
        body: { code: 'session_revoked', clear_credentials: true },
      });
    });
  });

  describe('a refresh', () => {
    const refresh = async (server: FakeServer, token?: string, refresh_token?: string) => {
      const body = refresh_token && JSON.stringify({ refresh_token });
      const answer = await request(server, 'POST /api/auth/refresh', {
        ...(token && { token }),
        ...(body && { body }),
      });
      const { code, clear_credentials } = answer.body;
      const outcome = answer.headers.get('X-Refresh-Outcome') ?? code;
      return { outcome, body: answer.body, clear_credentials };
    };
    /** Its last part is none of ours. */
    const forged = (token: string) => `${token.slice(0, -4)}AAAA`;

    it.each(['access token', 'undefined', 'null', 'nonsense', 'a.b.c'])(
      'passes over %s in the header, and judges the refresh token in the body',
      async (inHeader) => {
        const server = setUp();
        const { access_token, refresh_token } = await login(server);
        const token = inHeader === 'access token' ? access_token : inHeader;
        expect(await refresh(server, token, refresh_token)).toMatchObject({ outcome: 'rotated' });
      },
    );

    it.each(['access token', 'undefined', 'nonsense'])(
      'passes over %s in the header, and judges the refresh token in the cookie',
      async (inHeader) => {
        const server = setUp();
        const client = await signedIn(server, { transport: 'cookie' });
        const token = inHeader === 'access token' ? await client.getAccessToken() : inHeader;
        const headers = { Authorization: `Bearer ${token}`, 'X-Requested-With': 'a page' };
        const path = `${server.url}/api/auth/refresh`;
        const init = { method: 'POST', credentials: 'include' } as const;
        const answer = await server.fetch(path, { ...init, headers });
        expect(answer.headers.get('X-Refresh-Outcome')).toBe('rotated');
      },
    );

    it('judges the first refresh token, whatever comes after it', async () => {
      const server = setUp();
      const { refresh_token } = await login(server);
      expect(await refresh(server, forged(refresh_token), refresh_token)).toMatchObject({
        outcome: 'token_invalid',
        clear_credentials: true,
      });
      expect(server.sessions).toHaveLength(1);
    });

    it.each([
      ['nonsense', undefined],
      [undefined, 'undefined'],
      ['null', 'nonsense'],
    ])('clears credentials where there is nothing but rubbish: %s, %s', async (token, body) => {
      expect(await refresh(setUp(), token, body)).toMatchObject({
        outcome: 'token_invalid',
        clear_credentials: true,
      });
    });

    it('by an access token alone gives another one, and no refresh token', async () => {
      const server = setUp();
      const { access_token, refresh_token, session_id } = await login(server);
      clock.sleep(60_000);
      const { outcome, body } = await refresh(server, access_token);
      expect(outcome).toBe('renewed');
      expect(body).toMatchObject({
        token_type: 'bearer',
        expires_in: 1_800,
        session_id,
        user: { email: CREDENTIALS.email },
      });
      expect(body).not.toHaveProperty('refresh_token');
      expect(body).not.toHaveProperty('refresh_expires_in');
      for (const token of [access_token, body.access_token])
        expect(await request(server, 'GET /api/auth/verify', { token })).toMatchObject({
          status: 200,
        });
      expect(server.refreshes).toEqual([]);
      expect(await refresh(server, refresh_token)).toMatchObject({ outcome: 'rotated' });
    });

    it('by an access token alone goes no further than a day after its login, however long others refresh', async () => {
      const server = setUp();
      const { access_token, refresh_token } = await login(server);
      const end = Math.floor(clock.actualNow() / 1000) + 86_400;
      let [access, theirs] = [access_token, refresh_token];
      for (let hours = 0; hours < 24.5; hours += 0.45) {
        clock.sleep(0.45 * 3_600_000);
        theirs = (await refresh(server, theirs)).body.refresh_token;
        access = (await refresh(server, access)).body.access_token ?? access;
      }
      expect(readToken(access)?.exp).toBe(end);
      expect(server.sessions).toHaveLength(1);
    });

    it('by an access token alone answers as a guarded route where that is no good', async () => {
      const server = setUp();
      const { access_token, session_id } = await login(server);
      const kept = { clear_credentials: false };
      expect(await refresh(server, forged(access_token))).toMatchObject({
        outcome: 'token_invalid',
        ...kept,
      });
      server.expireAccessTokens();
      expect(await refresh(server, access_token)).toMatchObject({
        outcome: 'token_expired',
        ...kept,
      });
      const { access_token: another } = await login(server);
      server.sessions.forEach(({ id }) => server.endSession(id));
      expect(await refresh(server, another)).toMatchObject({
        outcome: 'session_revoked',
        clear_credentials: true,
      });
      expect(server.refreshes).toEqual([]);
      expect(session_id).toEqual(expect.any(String));
    });
  });

  describe('a logout', () => {
    it('by an access token ends its session, whatever refresh token comes along', async () => {
      const server = setUp();
      const [mine, other] = [await login(server), await login(server)];
      const body = JSON.stringify({ refresh_token: other.refresh_token });
      await request(server, 'POST /api/auth/logout', { token: mine.access_token, body });
      expect(server.sessions.map(({ id }) => id)).toEqual([other.session_id]);
    });

    it('by an access token that has expired ends the session of its refresh token', async () => {
      const server = setUp();
      const { access_token: token, refresh_token } = await login(server);
      server.expireAccessTokens();
      const body = JSON.stringify({ refresh_token });
      const answer = await request(server, 'POST /api/auth/logout', { token, body });
      expect(answer.status).toBe(204);
      expect(server.sessions).toEqual([]);
    });

    it.each([
      ['undefined', 'token_invalid'],
      [undefined, 'token_missing'],
    ])('by %s is 401 %s', async (token, code) => {
      const answer = await request(setUp(), 'POST /api/auth/logout', { ...(token && { token }) });
      expect(answer).toMatchObject({ status: 401, body: { code, clear_credentials: false } });
    });
  });

  it('keeps the cookie of a session that lives, where the token of another one is refused', async () => {
    const server = setUp();
    const { refresh_token, session_id } = await login(server);
    const client = await signedIn(server, { transport: 'cookie' });
    server.endSession(session_id);
    const answer = await server.fetch(`${server.url}/api/auth/refresh`, {
      method: 'POST',
      credentials: 'include',
      headers: { Authorization: `Bearer ${refresh_token}` },
    });
    expect(await answer.json()).toMatchObject({ code: 'session_revoked', clear_credentials: true });
    expect(await client.refreshToken()).toEqual(expect.any(String));
  });

  describe('sessions', () => {
    it('are listed, and ended by their user alone', async () => {
      const server = setUp();
      const mine = await login(server);
      const other = await login(server);
      const { body } = await request(server, 'GET /api/sessions', { token: mine.access_token });
      expect(body.sessions).toMatchObject([
        { id: mine.session_id, current: true },
        { id: other.session_id, current: false },
      ]);
      server.addUser({ email: 'eve@example.com', password: NEW_PASSWORD });
      const eve = await request(server, 'POST /api/auth/login', {
        body: JSON.stringify({ email: 'eve@example.com', password: NEW_PASSWORD }),
      });
      const end = (token: string) =>
        request(server, `DELETE /api/sessions/${other.session_id}`, { token });
      expect(await end(eve.body.access_token)).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
      expect(await end(mine.access_token)).toMatchObject({ status: 204 });
      expect(server.sessions.map(({ id }) => id)).toEqual([mine.session_id, eve.body.session_id]);
    });

    it('end by either token of theirs, twice without an error', async () => {
      const server = setUp();
      const { access_token, refresh_token } = await login(server);
      expect(
        await request(server, 'POST /api/auth/logout', { token: refresh_token }),
      ).toMatchObject({ status: 204 });
      expect(await request(server, 'POST /api/auth/logout', { token: access_token })).toMatchObject(
        { status: 204 },
      );
      expect(server.sessions).toEqual([]);
    });

    it('end all at once', async () => {
      const server = setUp();
      await login(server);
      const { access_token } = await login(server);
      expect(
        await request(server, 'POST /api/auth/logout-all', { token: access_token }),
      ).toMatchObject({ body: { revoked: 2 } });
    });

    it('live for as long as their login has asked for', async () => {
      const server = setUp();
      const ofLogin = async (remember_me?: boolean) => {
        const { body } = await request(server, 'POST /api/auth/login', {
          body: JSON.stringify({ ...CREDENTIALS, remember_me }),
        });
        return body.refresh_expires_in / 86_400;
      };
      expect([await ofLogin(true), await ofLogin(false), await ofLogin()]).toEqual([30, 1, 14]);
    });

    it('are named in tokens that say when they were issued', async () => {
      const { access_token, session_id } = await login(setUp());
      const iat = Math.floor(clock.actualNow() / 1000);
      expect(readToken(access_token)).toMatchObject({ sid: session_id, iat, exp: iat + 1_800 });
    });
  });

  it.each(['Request', 'Response', 'fetch'] as const)(
    'works where the environment has no %s',
    async (name) => {
      const { [name]: value } = globalThis;
      Reflect.deleteProperty(globalThis, name);
      try {
        const loaded = await isolated();
        const server = loaded.createFakeServer({ clock });
        server.handle('GET /api/orders', () => loaded.reply({ id: 1 }));
        const client = loaded.createAuthClient({
          baseUrl: server.url,
          fetch: server.fetch,
          clock,
          storage: 'memory',
        });
        clients.push(client);
        await client.register(CREDENTIALS);
        await letTokensExpire(server);
        expect(await (await client.fetch('/api/orders')).json()).toEqual({ id: 1 });
      } finally {
        Reflect.set(globalThis, name, value);
      }
    },
  );

  it('is not found at another origin', async () => {
    await expect(setUp().fetch('https://elsewhere.test/')).rejects.toThrow(TypeError);
  });

  it('goes by the time of the machine where it is given no clock', async () => {
    const server = createFakeServer();
    server.addUser(CREDENTIALS);
    server.faults.next('login', { delayMs: 1 });
    const before = Date.now();
    await login(server);
    expect(server.sessions[0]?.createdAt).toBeGreaterThanOrEqual(before);
  });
});
