import { getEventListeners } from 'node:events';
import type { AuthClient, AuthClientOptions, Logger } from '../../src/core/index.js';
import { ADA, FakeWorld } from '../support/fake-world.js';

let world: FakeWorld;
beforeEach(() => (world = new FakeWorld()));
afterEach(() => world.close());

/** What a request to this URL is sent with. */
async function sent(
  input: string | URL | Request,
  init?: Parameters<ReturnType<FakeWorld['openTab']>['fetch']>[1],
): Promise<{ url: string; authorization: string | null }[]> {
  const requests: { url: string; authorization: string | null }[] = [];
  const client = await world.signedIn({
    fetch: async (target, options) => {
      const request = new Request(target, options);
      if (request.url.includes('/api/auth/')) return world.fetch(target, options);
      requests.push({ url: request.url, authorization: request.headers.get('Authorization') });
      return Response.json({});
    },
  });
  await client.fetch(input, init);
  return requests;
}

describe('fetch', () => {
  it.each(['api/orders', './api/orders', '/api/orders'])(
    'sends the path %s to the server that it was judged by',
    async (path) => {
      const [request] = await sent(path);
      expect(request?.url).toBe(`${world.server.url}/api/orders`);
      expect(request?.authorization).toMatch(/^Bearer /);
    },
  );

  it('gives no token to another origin, however it is given', async () => {
    const url = 'https://elsewhere.example.com/api/orders';
    for (const input of [url, new URL(url), new Request(url)])
      expect(await sent(input)).toEqual([{ url, authorization: null }]);
  });

  it('leaves an Authorization of its own as it is', async () => {
    const headers = { authorization: 'Basic YTpi' };
    const url = `${world.server.url}/api/orders`;
    for (const [input, init] of [
      ['/api/orders', { headers }],
      [new Request(url, { headers }), undefined],
    ] as const)
      expect(await sent(input, init)).toEqual([{ url, authorization: 'Basic YTpi' }]);
  });

  it('gives no token where the request says so', async () => {
    const [request] = await sent('/api/orders', { auth: false });
    expect(request?.authorization).toBeNull();
  });

  it('adds no listener of its own to a signal for each request that waits', async () => {
    const client = await world.signedIn();
    world.sleep();
    world.server.faults.next('refresh', { delayMs: 1_000 });
    const { signal } = new AbortController();
    const calls = Array.from({ length: 30 }, () => client.getAccessToken({ signal }));
    await world.clock.advance(500);
    // Node warns of more than ten.
    expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(10);
    await world.within(2_000, Promise.all(calls));
  });
});

describe('on', () => {
  it('alone begins', async () => {
    (await world.signedIn()).dispose();
    const client = world.openTab();
    client.on('sessionExpired', () => {});
    await world.clock.advance(1_000);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
  });
});

describe('getCurrentUser', () => {
  it('is a value: who is signed in, or null', async () => {
    const client = world.openTab();
    expect(client.getCurrentUser()).toBeNull();
    await client.login(ADA);
    expect(client.getCurrentUser()).toMatchObject({ email: ADA.email });
    await client.logout();
    expect(client.getCurrentUser()).toBeNull();
  });
});

describe('reloadUser', () => {
  it('asks the server, and changes what is shown', async () => {
    const client = await world.signedIn();
    world.server.faults.next('/api/auth/me', async () =>
      Response.json({ ...client.getCurrentUser(), first_name: 'Ada' }),
    );
    expect(await client.reloadUser()).toMatchObject({ first_name: 'Ada' });
    expect(client.getCurrentUser()).toMatchObject({ first_name: 'Ada' });
    expect(client.getSnapshot()).toMatchObject({ user: { first_name: 'Ada' } });
  });

  it('rejects with an AuthError where nobody is signed in, or the server is away', async () => {
    const client = world.openTab();
    await expect(client.reloadUser()).rejects.toMatchObject({
      kind: 'auth',
      code: 'not_authenticated',
    });
    await client.login(ADA);
    world.server.faults.next('/api/auth/me', 'reset');
    await expect(client.reloadUser()).rejects.toMatchObject({
      name: 'AuthError',
      kind: 'network',
    });
  });
});

describe('an error', () => {
  it.each([
    [401, 'invalid_credentials', 'auth'],
    [403, 'csrf_failed', 'server'],
    [404, 'not_found', 'server'],
    [409, 'email_taken', 'auth'],
    [422, 'validation_failed', 'auth'],
    [429, 'rate_limited', 'throttled'],
  ])('with the status %d and the code %s is of the kind %s', async (status, code, kind) => {
    const client = world.openTab();
    world.server.faults.next('login', async () => Response.json({ code }, { status }));
    await expect(client.login(ADA)).rejects.toMatchObject({ status, code, kind });
  });

  it('says in a sentence which URL has not responded, and what to look at', async () => {
    const client = world.openTab();
    world.server.faults.next('login', 'reset');
    await expect(client.login(ADA)).rejects.toThrow(
      `No response from ${world.server.url}/api/auth/login: is the server there, and this page in CORS_ORIGINS?`,
    );
  });
});

describe('the log', () => {
  async function logged(
    act: (client: AuthClient) => Promise<unknown>,
    options: AuthClientOptions = {},
  ) {
    const lines: string[] = [];
    const levels: (keyof Logger)[] = ['debug', 'info', 'warn'];
    const logger = Object.fromEntries(
      levels.map((level) => [
        level,
        (message: string, detail?: unknown) =>
          void lines.push(`${level} ${message} ${JSON.stringify(detail) ?? ''}`),
      ]),
    );
    const client = await world.signedIn({ logger, ...options });
    const tokens = [await client.getAccessToken()];
    await act(client);
    tokens.push(await client.getAccessToken().catch(() => 'none'));
    return { lines, tokens };
  }

  it('has each check, each refresh, and each failure, and no token', async () => {
    const { lines, tokens } = await logged(async () => {
      world.server.faults.next('refresh', 503);
      await world.clock.advance(40 * 60_000);
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^debug check \{"dueMs":\d+/),
        expect.stringMatching(/^info tokenRefreshed/),
        expect.stringMatching(/^warn refreshFailed/),
      ]),
    );
    for (const token of tokens) expect(lines.join('\n')).not.toContain(token);
  });

  it('has a listener that fails, which disturbs nobody else', async () => {
    let calls = 0;
    const { lines } = await logged(async (client) => {
      client.on('signedOut', () => {
        throw new Error('of the application');
      });
      client.on('signedOut', () => void calls++);
      await client.logout();
    });
    expect(calls).toBe(1);
    expect(lines).toContainEqual(
      expect.stringMatching(/^warn A listener of signedOut has failed[.]/),
    );
  });
});
