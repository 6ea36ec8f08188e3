import { ADA, FakeWorld, GRACE } from '../support/fake-world.js';

let world: FakeWorld;
beforeEach(() => (world = new FakeWorld()));
afterEach(() => world.close());

describe.each(['bearer', 'cookie'] as const)('by %s, the server hears of', (transport) => {
  it('a sign-out that it was not told of, although the page is gone, when there is another one', async () => {
    const client = await world.signedIn({ transport });
    world.server.faults.each(() => 'reset');
    await world.within(1_000, client.logout());
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    client.dispose();
    expect(world.server.sessions).toHaveLength(1);

    world.server.faults.clear();
    const reloaded = world.openTab({ transport });
    await world.within(1_000, reloaded.ready());
    expect(world.server.sessions).toEqual([]);
    expect(reloaded.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    expect(JSON.stringify([...world.stored.values()])).not.toContain('endings":["');
  });

  it('a sign-out before the sign-in that follows it', async () => {
    const client = await world.signedIn({ transport });
    world.server.faults.next('logout', 'reset');
    await client.logout();
    await client.login(GRACE);
    await world.clock.advance(60_000);
    expect(world.server.sessions.map(({ user }) => user.email)).toEqual([GRACE.email]);
    expect(await client.refreshToken()).toEqual(expect.any(String));
  });

  it('the former session where somebody signs in as somebody else, although its token has run out', async () => {
    const client = await world.signedIn({ transport });
    world.sleep();
    await world.within(1_000, client.login(GRACE));
    await world.clock.advance(1_000);
    expect(world.server.sessions.map(({ user }) => user.email)).toEqual([GRACE.email]);
    expect(client.getCurrentUser()).toMatchObject({ email: GRACE.email });
  });

  it('a sign-in that a sign-out has overtaken, although the page is gone', async () => {
    const client = await world.signedIn({ transport });
    const other = world.openTab({ transport });
    await world.within(1_000, other.ready());
    world.server.faults.next('login', { delayMs: 1_000 });
    const login = client.login(GRACE).catch((error: unknown) => error);
    await world.clock.advance(500);
    world.server.faults.each(({ url }) => (url.endsWith('/logout') ? 'reset' : undefined));
    await world.within(100, other.logout());
    expect(await world.within(1_000, login)).toMatchObject({ code: 'signed_out' });
    world.close();

    world.server.faults.clear();
    const reloaded = world.openTab({ transport });
    await world.within(1_000, reloaded.ready());
    const emails = world.server.sessions.map(({ user }) => user.email);
    // The cookie of the former session was lost with the sign-in.
    expect(emails).toEqual(transport === 'cookie' ? [ADA.email] : []);
  });

  it('no more than it must, in every tab', async () => {
    const client = await world.signedIn({ transport });
    const other = world.openTab({ transport });
    await world.within(1_000, other.ready());
    world.asked.length = 0;
    await client.logout();
    await world.clock.advance(120_000);
    expect(world.asked.map(({ path }) => path)).toEqual(['/api/auth/logout']);
  });
});

describe('with the cookie transport', () => {
  it('a sign-out that the server was not told of ends no session that a redirect has begun since', async () => {
    const client = await world.signedIn({ transport: 'cookie' });
    world.server.faults.each(() => 'reset');
    await world.within(1_000, client.logout());
    client.dispose();
    world.server.faults.clear();
    await world.signInByRedirect(GRACE);

    const page = world.openTab({ transport: 'cookie' });
    await world.within(1_000, page.ready());
    expect(await world.within(1_000, page.adoptSession())).toMatchObject({ email: GRACE.email });
    await world.clock.advance(120_000);
    expect(await page.refreshToken()).toEqual(expect.any(String));
  });

  it('no token is stored, not even of a session that is to be ended', async () => {
    const client = await world.signedIn({ transport: 'cookie' });
    const token = await client.getAccessToken();
    world.server.faults.each(() => 'reset');
    await client.logout();
    expect(JSON.stringify([...world.stored.values()])).not.toContain(token);
  });

  it('the cookie of the next session is not presented for the end of the former one', async () => {
    const client = await world.signedIn({ transport: 'cookie' });
    world.server.faults.each(({ url }) => (url.endsWith('/logout') ? 'reset' : undefined));
    await world.within(100, client.logout());
    client.dispose();
    const next = world.openTab({ transport: 'cookie' });
    await world.within(1_000, next.ready());
    await world.within(100, next.login(GRACE));
    world.server.faults.clear();
    await world.clock.advance(120_000);
    expect(world.server.sessions.map(({ user }) => user.email)).toContain(GRACE.email);
    expect(await next.refreshToken()).toEqual(expect.any(String));
  });
});

describe('logout of all sessions', () => {
  it('rejects where the server could not be told, and still ends this one later', async () => {
    const client = await world.signedIn();
    world.server.faults.each(() => 'reset');
    await expect(world.within(100, client.logout({ scope: 'global' }))).rejects.toMatchObject({
      kind: 'network',
    });
    world.server.faults.clear();
    await world.clock.advance(31_000);
    expect(world.server.sessions).toEqual([]);
  });

  it('asks once where the server hears it', async () => {
    const client = await world.signedIn();
    await world.signedIn({ name: 'another device' });
    world.asked.length = 0;
    await client.logout({ scope: 'global' });
    await world.clock.advance(60_000);
    expect(world.asked.map(({ path }) => path)).toEqual(['/api/auth/logout-all']);
    expect(world.server.sessions).toEqual([]);
  });
});

describe("clearing the site's data", () => {
  it('signs out in the tabs that are open, and is not undone by them', async () => {
    const client = await world.signedIn();
    const other = world.openTab();
    await other.ready();
    await world.clock.advance(60_000);
    world.stored.clear();
    client.notify('active');
    other.notify('active');
    await world.clock.advance(1_000);
    for (const tab of [client, other])
      expect(tab.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    expect(JSON.stringify([...world.stored.values()])).not.toContain(ADA.email);
  });

  it('is found out by a refresh, too', async () => {
    const client = await world.signedIn();
    await client.refreshToken();
    world.stored.clear();
    await expect(client.refreshToken()).rejects.toMatchObject({ code: 'not_authenticated' });
  });

  it('is not what a storage does that has never stored anything', async () => {
    const client = await world.signedIn({ storage: 'memory' });
    await world.clock.advance(86_400_000);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
  });
});
