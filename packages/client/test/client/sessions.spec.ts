import type { AuthClient, AuthClientOptions } from '../../src/core/index.js';
import { claimsOf } from '../../src/core/record/claims.js';
import { ADA, FakeWorld, GRACE } from '../support/fake-world.js';

let world: FakeWorld;
beforeEach(() => (world = new FakeWorld()));
afterEach(() => world.close());

describe('a session', () => {
  it.each(['bearer', 'cookie'] as const)(
    "is not continued by a response with somebody else's, by %s",
    async (transport) => {
      const somebodyElse = await world.signedIn({ name: 'elsewhere', transport: 'bearer' });
      await somebodyElse.login(GRACE);
      const client = await world.signedIn({ transport });
      const planted = await world.server.fetch(`${world.server.url}/api/auth/login`, {
        method: 'POST',
        body: JSON.stringify(GRACE),
      });
      const body = await planted.text();
      world.server.faults.next('refresh', async () => new Response(body));
      const failures: string[] = [];
      client.on('refreshFailed', ({ error }) => failures.push(error.code));
      void client.refreshToken();
      await world.clock.advance(500);
      expect(failures).toEqual(['session_mismatch']);
      expect(client.getCurrentUser()).toMatchObject({ email: ADA.email });

      await world.clock.advance(5_000);
      expect(world.server.refreshes.at(-1)).toMatchObject({ outcome: 'rotated' });
      expect(client.getCurrentUser()).toMatchObject({ email: ADA.email });
    },
  );

  it.each([
    ['the same user is taken over', ADA, undefined],
    ['another user is not taken over', GRACE, 'session_mismatch'],
  ])(
    'that was begun since, such as by a login provider, with the cookie of %s',
    async (_what, who, refused) => {
      const client = await world.signedIn({ transport: 'cookie' });
      await world.clock.advance(600_000);
      await world.signInByRedirect(who);
      const failures: string[] = [];
      client.on('refreshFailed', ({ error }) => failures.push(error.code));
      const before = await client.getAccessToken();
      void client.refreshToken().catch(() => {});
      await world.clock.advance(500);
      const after = await client.getAccessToken();
      expect(failures).toEqual(refused ? [refused] : []);
      const authTime = (token: string) => claimsOf(token).auth_time ?? 0;
      expect(authTime(after) > authTime(before)).toBe(!refused);
      expect(client.getSnapshot()).toMatchObject({
        status: 'authenticated',
        user: { email: ADA.email },
      });
    },
  );

  it('is asked for by its access token where the browser has cookies of several', async () => {
    const client = await world.signedIn({ transport: 'cookie' });
    const token = await client.getAccessToken();
    const presented: (string | null)[] = [];
    world.server.faults.each((request) => {
      if (!request.url.endsWith('/refresh')) return undefined;
      presented.push(request.headers.get('Authorization'));
      return presented.length > 1
        ? undefined
        : async () => Response.json({ code: 'cookies_ambiguous' }, { status: 400 });
    });
    expect(await client.refreshToken()).toEqual(expect.any(String));
    expect(presented).toEqual([null, `Bearer ${token}`]);
  });

  it('is kept where the server wants the user to sign in again, and they are told', async () => {
    const client = await world.signedIn();
    const told: string[] = [];
    client.on('reauthRequired', () => told.push('reauthRequired'));
    client.on('refreshFailed', () => told.push('refreshFailed'));
    world.server.faults.next('refresh', async () =>
      Response.json({ code: 'reauthentication_required' }, { status: 401 }),
    );
    void client.refreshToken();
    await world.clock.advance(500);
    expect(told).toEqual(['reauthRequired']);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
  });

  it('whose end the server tells is not told as a failure', async () => {
    const client = await world.signedIn();
    const told: string[] = [];
    for (const event of ['refreshFailed', 'sessionExpired'] as const)
      client.on(event, () => told.push(event));
    for (const { id } of world.server.sessions) world.server.endSession(id);
    await client.refreshToken().catch(() => {});
    expect(told).toEqual(['sessionExpired']);
  });

  it('shows its own end, and tells of it 5 minutes before, once', async () => {
    const client = await world.signedIn();
    const endsAt = world.clock.now() + 14 * 86_400_000;
    expect(client.getSnapshot()).toMatchObject({ sessionExpiresAt: endsAt });
    const told: number[] = [];
    client.on('expiresSoon', (event) => told.push(event.endsAt));
    await world.clock.advance(3_600_000);
    expect(told).toEqual([]);

    world.server.faults.each(({ url }) =>
      url.endsWith('/refresh')
        ? async (serve) => {
            const tokens = (await (await serve()).json()) as object;
            return Response.json({ ...tokens, refresh_expires_in: 900 });
          }
        : undefined,
    );
    await client.refreshToken();
    await world.clock.advance(500_000);
    expect(told).toEqual([]);
    await world.clock.advance(200_000);
    expect(told).toHaveLength(1);
  });

  it('is another one under another name', async () => {
    const ada = await world.signedIn();
    const grace = world.openTab({ name: 'grace' });
    await grace.ready();
    await grace.login(GRACE);
    expect(ada.getCurrentUser()).toMatchObject({ email: ADA.email });
    expect(grace.getCurrentUser()).toMatchObject({ email: GRACE.email });
    expect([...world.stored.keys()]).toHaveLength(2);
  });

  it('is the same one in every spelling of the address', async () => {
    const { url } = world.server;
    await world.signedIn();
    for (const baseUrl of [url, `${url}/`, `${url}/api`, url.toUpperCase()]) {
      const client = world.openTab({ baseUrl });
      await client.ready();
      expect(client.getCurrentUser()).toMatchObject({ email: ADA.email });
    }
  });
});

describe('tabs whose clocks differ', () => {
  it.each([3_600_000, -3_600_000, 31_536_000_000])(
    'by %d ms refresh at most once in 10 seconds each',
    async (milliseconds) => {
      const ahead = {
        ...world.clock,
        now: () => world.clock.now() + milliseconds,
      };
      const tabs = [await world.signedIn(), world.openTab({ clock: ahead })];
      await tabs[1]!.ready();
      world.asked.length = 0;
      for (let second = 0; second < 120; second++) {
        for (const tab of tabs) void tab.getAccessToken().catch(() => {});
        await world.clock.advance(1_000);
      }
      expect(world.refreshes.length).toBeLessThanOrEqual(2 * 12 + 1);
      for (const tab of tabs) expect(tab.getSnapshot()).toMatchObject({ status: 'authenticated' });
    },
  );
});

describe('a device id', () => {
  it.each(['a\nb', '🔑', 'x'.repeat(100_000), ''])(
    'that cannot be sent is made anew',
    async (bad) => {
      const client = await world.signedIn();
      const [[key, record]] = [...world.stored] as [[string, object]];
      world.stored.set(key, { ...record, deviceId: bad });
      client.dispose();
      const next = world.openTab();
      await next.ready();
      expect(await next.login(ADA)).toMatchObject({ email: ADA.email });
      const { deviceId } = world.stored.get(key) as { deviceId: string };
      expect(deviceId).toMatch(/^[a-z0-9]{9,99}$/);
    },
  );
});

describe('a storage that does not respond', () => {
  const silent: AuthClientOptions = {
    storage: () => ({ shared: true, update: () => new Promise<void>(() => {}) }),
  };

  it('costs no request of those who have signed in since', async () => {
    const client = world.openTab(silent);
    await world.within(10_000, client.login(ADA));
    const statuses: number[] = [];
    for (let request = 0; request < 5; request++)
      statuses.push((await world.within(10_000, client.fetch('/api/orders'))).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    await world.clock.advance(40 * 60_000);
    expect((await world.within(20_000, client.fetch('/api/orders'))).status).toBe(200);
  });
});

describe('a new page, with the cookie transport,', () => {
  const PAGE: AuthClientOptions = { transport: 'cookie' };

  it('gets its token from the tabs that have one, and costs no refresh', async () => {
    const tabs: AuthClient[] = [await world.signedIn(PAGE)];
    while (tabs.length < 5) {
      const tab = world.openTab(PAGE);
      await world.within(200, tab.ready());
      tabs.push(tab);
    }
    world.asked.length = 0;
    for (let load = 0; load < 10; load++) {
      const page = world.openTab(PAGE);
      await world.within(200, page.ready());
      expect((await page.fetch('/api/orders')).status).toBe(200);
      page.dispose();
    }
    expect(world.refreshes).toEqual([]);
  });

  it('refreshes where nobody responds in 100 ms', async () => {
    (await world.signedIn(PAGE)).dispose();
    world.asked.length = 0;
    const page = world.openTab(PAGE);
    await world.within(150, page.ready());
    expect(world.refreshes).toHaveLength(1);
    expect((await page.fetch('/api/orders')).status).toBe(200);
  });
});
