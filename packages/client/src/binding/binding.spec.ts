import type { AuthClient, AuthClientOptions } from '../core/index.js';
import { createFakeKeys, type FakeServerOptions, reply } from '../testing/index.js';
import { ADA, FakeWorld } from '../../test/support/fake-world.js';
import { createBinding, type KeyStore } from './index.js';

const YEAR_MS = 365 * 86_400_000;
const HOUR_MS = 3_600_000;
const NEW_PASSWORD = 'copper-Meadow-58-anchor';

/** A place that has no keys, as a page on plain http. */
const noKeys: KeyStore = {
  read: async () => undefined,
  make: () => Promise.reject(new TypeError('crypto.subtle is undefined')),
};

let world: FakeWorld;

beforeEach(() => (world = new FakeWorld()));
afterEach(() => world.close());

function startWorld(rules: Omit<FakeServerOptions, 'clock'>): void {
  world.close();
  world = new FakeWorld(rules);
}

function bound(store: KeyStore, options: AuthClientOptions = {}): AuthClientOptions {
  const { fetch, clock } = world;
  return { ...options, fetch: createBinding({ store, fetch, now: clock.now }).fetch };
}

const pathsOf = () => world.asked.splice(0).map(({ path }) => path.replace('/api/auth/', ''));
const refusalOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

describe.each(['bearer', 'cookie'] as const)('createBinding, by %s', (transport) => {
  const open = (store: KeyStore) => world.openTab(bound(store, { transport }));
  const signIn = (store: KeyStore) => world.signedIn(bound(store, { transport }));

  async function reloaded(store: KeyStore, before: AuthClient): Promise<AuthClient> {
    before.dispose();
    const after = open(store);
    await world.within(10_000, after.ready());
    return after;
  }

  it('makes the key before the login is sent, and the session is bound', async () => {
    const keys = createFakeKeys();
    const sentBefore: string[][] = [];
    const store = {
      ...keys,
      make: async () => {
        const made = await keys.make();
        sentBefore.push(pathsOf());
        return made;
      },
    };
    const client = await signIn(store);
    expect(sentBefore).toEqual([transport === 'cookie' ? ['refresh'] : []]);
    expect(pathsOf()).toEqual(['login']);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
    expect(world.server.sessions).toEqual([expect.objectContaining({ binding: 'key' })]);
  });

  it('binds the session of a new user', async () => {
    const client = open(createFakeKeys());
    await world.within(1_000, client.ready());
    await client.register({ email: 'lin@example.com', password: ADA.password });
    expect(client.getSnapshot()).toMatchObject({ binding: 'key' });
  });

  it('refreshes with a proof, at once', async () => {
    const client = await signIn(createFakeKeys());
    pathsOf();
    expect(await client.refreshToken()).toEqual(expect.any(String));
    expect(pathsOf()).toEqual(['refresh']);
    expect(client.getSnapshot()).toMatchObject({ binding: 'key' });
  });

  it('goes on with the session after a reload, at once', async () => {
    const keys = createFakeKeys();
    const before = await signIn(keys);
    world.sleep();
    pathsOf();
    const after = await reloaded(keys, before);
    expect(after.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
    expect(pathsOf()).toEqual(['refresh']);
  });

  it('stays bound by a proof of who the user is, and by a change of password', async () => {
    const client = await signIn(createFakeKeys());
    await client.reauthenticate({ current_password: ADA.password });
    await client.changePassword({
      current_password: ADA.password,
      new_password: NEW_PASSWORD,
    });
    expect(await client.refreshToken()).toEqual(expect.any(String));
    expect(client.getSnapshot()).toMatchObject({ binding: 'key' });
  });

  it.each([
    ['ahead', YEAR_MS],
    ['behind', -YEAR_MS],
  ])('with a clock that is a year %s costs one more request', async (_, shiftMs) => {
    const keys = createFakeKeys();
    const client = open(keys);
    await world.within(1_000, client.ready());
    world.clock.shiftCalendar(shiftMs);
    pathsOf();
    await client.login(ADA);
    expect(pathsOf()).toEqual(['login', 'login']);
    await client.refreshToken();
    expect(pathsOf()).toEqual(['refresh']);
    await world.clock.advance(10 * 60_000);
    pathsOf();
    await client.refreshToken();
    expect(pathsOf()).toEqual(['refresh', 'refresh']);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
  });

  it('shares the key between tabs, and keeps the newest nonce in each', async () => {
    const keys = createFakeKeys();
    world.clock.shiftCalendar(YEAR_MS);
    const tabs = [await signIn(keys), open(keys), open(keys), open(keys)];
    for (const tab of tabs) await world.within(2_000, tab.ready());
    const refreshInAll = async () => {
      await world.clock.advance(11_000);
      pathsOf();
      const { length: before } = world.server.refreshes;
      for (const tab of tabs)
        expect(await world.within(1_000, tab.refreshToken())).toEqual(expect.any(String));
      return pathsOf().length - (world.server.refreshes.length - before);
    };
    expect(await refreshInAll()).toBeLessThanOrEqual(tabs.length);
    // None was asked for another proof.
    expect(await refreshInAll()).toBe(0);
    expect(world.server.sessions).toHaveLength(1);
  });

  it('signs out with the reason key_lost where the key alone is gone, and asks no more', async () => {
    const keys = createFakeKeys();
    const before = await signIn(keys);
    world.sleep();
    keys.clear();
    const after = await reloaded(keys, before);
    expect(after.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'key_lost' });
    pathsOf();
    await world.clock.advance(HOUR_MS);
    expect(pathsOf()).toEqual([]);
    await after.login(ADA);
    expect(after.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
  });

  it('goes on in a page that has the key, after the stored one is gone', async () => {
    const keys = createFakeKeys();
    const client = await signIn(keys);
    keys.clear();
    expect(await client.refreshToken()).toEqual(expect.any(String));
  });

  it('keeps the session while the key cannot be read', async () => {
    const keys = createFakeKeys();
    const before = await signIn(keys);
    world.sleep();
    let isLocked = true;
    const store = {
      ...keys,
      read: () => (isLocked ? Promise.reject(new Error('locked')) : keys.read()),
    };
    const after = await reloaded(store, before);
    expect(after.getSnapshot()).toMatchObject({ status: 'authenticated', degraded: 'server' });
    isLocked = false;
    await world.clock.advance(60_000);
    expect(await after.getAccessToken()).toEqual(expect.any(String));
    expect(after.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
  });

  it('begins a session that is not bound, visibly, where no key can be kept', async () => {
    const client = await signIn(noKeys);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'none' });
    expect(await client.refreshToken()).toEqual(expect.any(String));
    expect(world.server.sessions).toEqual([expect.objectContaining({ binding: 'none' })]);
  });

  it('does not sign in while the key that there is cannot sign', async () => {
    const key = await createFakeKeys().make();
    const sign = () => Promise.reject(new Error('locked'));
    const locked = { ...key!, sign };
    const client = open({ read: async () => locked, make: async () => locked });
    await world.within(1_000, client.ready());
    pathsOf();
    expect(await refusalOf(client.login(ADA))).toMatchObject({ code: 'storage', retryable: true });
    expect(pathsOf()).toEqual([]);
  });

  it('begins a session that is not bound at a server that binds none', async () => {
    startWorld({ senderConstraint: 'off' });
    const client = await signIn(createFakeKeys());
    expect(client.getSnapshot()).toMatchObject({ binding: 'none' });
    expect(await client.refreshToken()).toEqual(expect.any(String));
  });

  it('does not sign in without a key at a server that wants one', async () => {
    startWorld({ senderConstraint: 'required' });
    const client = open(noKeys);
    await world.within(1_000, client.ready());
    expect(await refusalOf(client.login(ADA))).toMatchObject({
      code: 'proof_required',
      status: 400,
    });
    expect(await refusalOf(world.signedIn({ transport }))).toMatchObject({
      code: 'proof_required',
    });
  });

  it('signs out with a proof, at once, also where the stored key is gone', async () => {
    for (const isKept of [true, false]) {
      const keys = createFakeKeys();
      const client = await signIn(keys);
      if (!isKept) keys.clear();
      pathsOf();
      await client.logout();
      expect(pathsOf()).toEqual(['logout']);
      expect(world.server.sessions).toEqual([]);
    }
  });

  it('tells the server of a sign-out with a proof when the next page opens', async () => {
    const keys = createFakeKeys();
    const before = await signIn(keys);
    world.server.faults.each(() => 'reset');
    await world.within(1_000, before.logout());
    expect(world.server.sessions).toHaveLength(1);
    world.server.faults.clear();
    pathsOf();
    const after = await reloaded(keys, before);
    expect(pathsOf()).toEqual(['logout']);
    expect(world.server.sessions).toEqual([]);
    expect(after.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
  });

  it('tells the server of a sign-out before the sign-in that follows it', async () => {
    const client = await signIn(createFakeKeys());
    world.server.faults.next('logout', 'reset');
    await client.logout();
    await client.login(ADA);
    await world.clock.advance(60_000);
    expect(world.server.sessions).toHaveLength(1);
    expect(await client.refreshToken()).toEqual(expect.any(String));
  });

  it('signs out here alone where the key is gone, and does not ask again', async () => {
    const keys = createFakeKeys();
    const before = await signIn(keys);
    keys.clear();
    const after = await reloaded(keys, before);
    await after.logout();
    expect(after.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'key_lost' });
    expect(world.server.sessions).toHaveLength(1);
    pathsOf();
    await world.clock.advance(HOUR_MS);
    expect(pathsOf()).toEqual([]);
    await after.login(ADA);
    expect(after.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
    expect(await after.refreshToken()).toEqual(expect.any(String));
  });

  it('tells the server of a sign-out as soon as the key can be read', async () => {
    const keys = createFakeKeys();
    const before = await signIn(keys);
    let isLocked = true;
    const store = {
      ...keys,
      read: () => (isLocked ? Promise.reject(new Error('locked')) : keys.read()),
    };
    const after = await reloaded(store, before);
    await after.logout();
    expect(world.server.sessions).toHaveLength(1);
    isLocked = false;
    await world.clock.advance(60_000);
    expect(world.server.sessions).toEqual([]);
    expect(after.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
  });

  it('works at a server that wants a proof of every request', async () => {
    startWorld({ proofOn: 'all' });
    const client = await signIn(createFakeKeys());
    pathsOf();
    expect(await client.reloadUser()).toMatchObject({ email: ADA.email });
    expect(pathsOf()).toHaveLength(1);
    for (const times of [2, 1]) {
      expect((await client.fetch('/api/orders?page=1')).status).toBe(200);
      expect(pathsOf()).toHaveLength(times);
    }
  });
});

describe('createBinding, by bearer', () => {
  it('signs out with the reason key_lost where another key has taken its place', async () => {
    const keys = createFakeKeys();
    const before = await world.signedIn(bound(keys));
    before.dispose();
    world.sleep();
    keys.clear();
    await keys.make();
    const after = world.openTab(bound(keys));
    await world.within(10_000, after.ready());
    expect(after.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'key_lost' });
  });

  it('signs out everywhere without the key, too', async () => {
    const before = await world.signedIn(bound(createFakeKeys()));
    before.dispose();
    const read = () => Promise.reject(new Error('locked'));
    const after = world.openTab(bound({ ...noKeys, read }));
    await world.within(10_000, after.ready());
    await after.logout({ scope: 'global' });
    expect(world.server.sessions).toEqual([]);
  });

  it('never sends a token of a bound session to a refresh without a proof', async () => {
    const keys = createFakeKeys();
    const client = await world.signedIn(bound(keys));
    client.dispose();
    world.sleep();
    keys.clear();
    pathsOf();
    await world.within(10_000, world.openTab(bound(keys)).ready());
    expect(pathsOf()).toEqual([]);
  });

  it('knows of no session where the record alone is gone, and keeps the key for the next', async () => {
    const keys = createFakeKeys();
    const before = await world.signedIn(bound(keys));
    const key = await keys.read();
    before.dispose();
    world.stored.clear();
    const after = world.openTab(bound(keys));
    await world.within(1_000, after.ready());
    expect(after.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'none' });
    await after.login(ADA);
    expect(after.getSnapshot()).toMatchObject({ binding: 'key' });
    expect(await keys.read()).toBe(key);
  });

  it('uses the key of another tab, after both the stored key and the session are new', async () => {
    const keys = createFakeKeys();
    const [first, second] = [await world.signedIn(bound(keys)), world.openTab(bound(keys))];
    await world.within(1_000, second.ready());
    await second.refreshToken();
    keys.clear();
    await first.logout();
    await first.login(ADA);
    await world.clock.advance(11_000);
    expect(await world.within(1_000, second.refreshToken())).toEqual(expect.any(String));
  });

  it('leaves a thief with tokens that are worth nothing, and the owner alone', async () => {
    const client = await world.signedIn(bound(createFakeKeys()));
    const [record] = [...world.stored.values()] as { session: Record<string, string> }[];
    const { refresh_token, access_token } = record!.session;
    for (const token of [refresh_token, access_token]) {
      const response = await world.server.fetch(`${world.server.url}/api/auth/refresh`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        code: 'proof_required',
        clear_credentials: false,
      });
    }
    expect(await client.refreshToken()).toEqual(expect.any(String));
    expect(world.server.sessions).toHaveLength(1);
  });

  it('goes on with a record that was restored from a backup', async () => {
    const keys = createFakeKeys();
    const client = await world.signedIn(bound(keys));
    const backup = structuredClone([...world.stored]);
    for (let times = 0; times < 3; times++) {
      await world.clock.advance(60_000);
      await client.refreshToken();
    }
    client.dispose();
    world.sleep();
    for (const [key, record] of backup) world.stored.set(key, record);
    const restored = world.openTab(bound(keys));
    await world.within(10_000, restored.ready());
    expect(restored.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
    expect(world.server.refreshes.at(-1)).toMatchObject({ outcome: 'reissued' });
  });
});

describe('createBinding, by cookie', () => {
  const options = { transport: 'cookie' } as const;

  it('finds the session by the cookie and the key where the record alone is gone', async () => {
    const keys = createFakeKeys();
    const before = await world.signedIn(bound(keys, options));
    before.dispose();
    world.stored.clear();
    const after = world.openTab(bound(keys, options));
    await world.within(2_000, after.ready());
    expect(after.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
  });

  it('says key_lost where nothing but the cookie is left', async () => {
    const keys = createFakeKeys();
    const before = await world.signedIn(bound(keys, options));
    before.dispose();
    world.stored.clear();
    keys.clear();
    const after = world.openTab(bound(keys, options));
    await world.within(2_000, after.ready());
    expect(after.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'key_lost' });
  });

  it('takes over the session of a redirect, which is not bound', async () => {
    const client = await world.signedIn(bound(createFakeKeys(), options));
    await world.signInByRedirect(ADA);
    await world.within(2_000, client.adoptSession());
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'none' });
    expect(await world.within(2_000, client.refreshToken())).toEqual(expect.any(String));
  });
});

describe('a route that wants a proof', () => {
  let bodies: unknown[];

  beforeEach(() => {
    bodies = [];
    const pay = async (request: Request) => void bodies.push(await request.json());
    world.server.handle('POST /api/payments', pay, { proof: true });
  });

  const body = JSON.stringify({ amount: 5 });

  it('gets one at the second request, and then always, with the body that was sent', async () => {
    const client = await world.signedIn(bound(createFakeKeys()));
    pathsOf();
    const url = `${world.server.url}/api/payments`;
    for (const send of [
      () => client.fetch('/api/payments', { method: 'POST', body }),
      () => client.fetch(new URL(url), { method: 'POST', body }),
      () => client.fetch(new Request(url, { method: 'POST', body })),
    ])
      expect((await send()).status).toBe(204);
    expect(bodies).toEqual([{ amount: 5 }, { amount: 5 }, { amount: 5 }]);
    expect(pathsOf()).toHaveLength(4);
  });

  it('reads the body of a `Request` again', async () => {
    const client = await world.signedIn(bound(createFakeKeys()));
    const request = new Request(`${world.server.url}/api/payments`, { method: 'POST', body });
    expect((await client.fetch(request)).status).toBe(204);
    expect(bodies).toEqual([{ amount: 5 }]);
  });

  it('refuses a stream once, which cannot be sent again, and takes the next', async () => {
    const client = await world.signedIn(bound(createFakeKeys()));
    const streamed = () =>
      client.fetch('/api/payments', {
        method: 'POST',
        body: new Blob([body]).stream(),
        duplex: 'half',
      } as RequestInit);
    const refused = await streamed();
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'proof_required' });
    expect((await streamed()).status).toBe(204);
    expect(bodies).toEqual([{ amount: 5 }]);
  });

  it('is not one whose handler has a code that only begins like that', async () => {
    let calls = 0;
    world.server.handle('POST /api/tenants', () => {
      calls += 1;
      return reply({ code: 'proof_of_address_missing' }, { status: 401 });
    });
    const client = await world.signedIn(bound(createFakeKeys()));
    expect((await client.fetch('/api/tenants', { method: 'POST', body })).status).toBe(401);
    expect(calls).toBe(1);
  });

  it('fails with the code storage while the key cannot be read, and the session stays', async () => {
    const keys = createFakeKeys();
    const before = await world.signedIn(bound(keys));
    before.dispose();
    const after = world.openTab(
      bound({ ...keys, read: () => Promise.reject(new Error('locked')) }),
    );
    await world.within(2_000, after.ready());
    const refused = await refusalOf(after.fetch('/api/payments', { method: 'POST', body }));
    expect(refused).toMatchObject({ code: 'storage', retryable: true });
    expect(after.getSnapshot()).toMatchObject({ status: 'authenticated' });
    expect(bodies).toEqual([]);
  });

  it('needs none of a session that is not bound', async () => {
    const client = await world.signedIn(bound(noKeys));
    expect((await client.fetch('/api/payments', { method: 'POST', body })).status).toBe(204);
  });

  it('alone renews an access token that is near its end', async () => {
    world.server.handle('GET /api/statement', () => [], { proof: true });
    const client = await world.signedIn(bound(createFakeKeys()));
    world.clock.sleep(27 * 60_000);
    const renewal = async (path: string) => (await client.fetch(path)).headers.get('X-New-Token');
    expect(await renewal('/api/orders')).toBeNull();
    expect(await renewal('/api/statement')).toEqual(expect.any(String));
  });

  it('ends a session whose key is gone', async () => {
    const before = await world.signedIn(bound(createFakeKeys()));
    before.dispose();
    let isLocked = true;
    const read = () =>
      isLocked ? Promise.reject(new Error('locked')) : Promise.resolve(undefined);
    const after = world.openTab(bound({ ...noKeys, read }));
    await world.within(2_000, after.ready());
    expect((await after.fetch('/api/orders')).status).toBe(200);
    isLocked = false;
    const response = await after.fetch('/api/payments', { method: 'POST', body });
    expect(await response.json()).toMatchObject({ code: 'key_lost' });
    expect(after.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'key_lost' });
  });
});

describe('a page whose access token is still good', () => {
  it('learns at its start, and once, that the key is gone', async () => {
    const keys = createFakeKeys();
    const before = await world.signedIn(bound(keys));
    before.dispose();
    keys.clear();
    pathsOf();
    const after = world.openTab(bound(keys));
    const heard: unknown[] = [];
    after.on('sessionExpired', (event) => heard.push(event));
    await world.within(2_000, after.ready());
    expect(after.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'key_lost' });
    await world.clock.advance(HOUR_MS);
    expect(heard).toEqual([{ reason: 'key_lost' }]);
    expect(pathsOf()).toEqual([]);
  });
});

describe('requests of others', () => {
  it.each([
    ['another server', 'https://elsewhere.example.com/api/auth/login', {}],
    ['a route without a token', '/api/health', { auth: false }],
  ])('pass through unchanged: %s', async (_, url, init) => {
    const sent: (RequestInit | undefined)[] = [];
    const fetch = async (...[, how]: Parameters<typeof globalThis.fetch>) => {
      sent.push(how);
      return new Response('{}');
    };
    const client = world.openTab({
      fetch: createBinding({ store: createFakeKeys(), fetch }).fetch,
    });
    await client.fetch(url, { ...init, method: 'POST', headers: { 'X-Own': '1' } });
    expect(sent).toEqual([{ method: 'POST', headers: { 'X-Own': '1' } }]);
  });
});
