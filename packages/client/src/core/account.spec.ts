import { createFakeClock, createFakeServer } from '../testing/index.js';
import { type AuthClient, createAuthClient } from './client.js';
import type { AuthClientOptions } from './options.js';
import type { AuthRecord } from './record/record.js';
import type { RecordStore } from './storage/storage.js';

const CREDENTIALS = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };

describe('logout', () => {
  it.each(['bearer', 'cookie'] as const)(
    'that the server hears of late, by %s, does not end the session that has begun meanwhile',
    async (transport) => {
      const clock = createFakeClock();
      const server = createFakeServer({ clock });
      server.addUser(CREDENTIALS);
      const client = createAuthClient({
        baseUrl: server.url,
        fetch: server.fetch,
        clock,
        storage: 'memory',
        transport,
      });
      await client.login(CREDENTIALS);
      server.faults.next('logout', 'reset');
      await client.logout();
      await client.login(CREDENTIALS);
      await clock.advance(60_000);
      expect(await client.refreshToken()).toEqual(expect.any(String));
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
      client.dispose();
    },
  );
});

describe('changePassword', () => {
  const CHANGE = {
    current_password: CREDENTIALS.password,
    new_password: 'copper-Meadow-58-anchor',
  };

  /** What all tabs store in; they tell each other nothing. */
  function sharedStore(): RecordStore {
    let stored: AuthRecord | undefined;
    return { shared: true, update: async (decide) => void (stored = decide(stored) ?? stored) };
  }

  it('keeps the tokens that it is answered, in a tab that has not heard of the sign-in before it', async () => {
    const { BroadcastChannel } = globalThis;
    Object.assign(globalThis, { BroadcastChannel: undefined });
    const clock = createFakeClock();
    const server = createFakeServer({ clock });
    server.addUser(CREDENTIALS);
    const store = sharedStore();
    const open = () =>
      createAuthClient({ baseUrl: server.url, fetch: server.fetch, clock, storage: () => store });
    const [first, second] = [open(), open()];
    try {
      await second.ready();
      await first.login(CREDENTIALS);
      await second.changePassword(CHANGE);
      expect(await second.refreshToken()).toEqual(expect.any(String));
      expect(await first.refreshToken()).toEqual(expect.any(String));
    } finally {
      first.dispose();
      second.dispose();
      Object.assign(globalThis, { BroadcastChannel });
    }
  });

  it('that is overtaken by a sign-out leaves no session behind', async () => {
    const clock = createFakeClock();
    const server = createFakeServer({ clock });
    server.addUser(CREDENTIALS);
    const client = createAuthClient({
      baseUrl: server.url,
      fetch: server.fetch,
      clock,
      storage: 'memory',
    });
    await client.login(CREDENTIALS);
    server.faults.next('change-password', { delayMs: 1_000 });
    const change = client.changePassword(CHANGE).catch((error: unknown) => error);
    await clock.settle();
    await client.logout();
    await clock.advance(2_000);
    expect(await change).toMatchObject({ kind: 'aborted', code: 'signed_out' });
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    expect(server.sessions).toEqual([]);
    client.dispose();
  });

  it('asks nobody where nobody is signed in', async () => {
    const server = createFakeServer();
    const client = createAuthClient({
      baseUrl: server.url,
      fetch: () => Promise.reject(new Error('asked')),
      storage: 'memory',
    });
    await expect(client.changePassword(CHANGE)).rejects.toMatchObject({
      kind: 'auth',
      code: 'not_authenticated',
    });
    client.dispose();
  });
});

describe('adoptSession', () => {
  const BOB = { ...CREDENTIALS, email: 'bob@example.com' };

  /** One browser: its tabs share the cookie, and pages after each other what they store. */
  function openBrowser() {
    const clock = createFakeClock();
    const server = createFakeServer({ clock });
    server.addUser(CREDENTIALS);
    server.addUser(BOB);
    const clients: AuthClient[] = [];
    const openPage = (storage: AuthClientOptions['storage']) => {
      const options = { baseUrl: server.url, fetch: server.fetch, clock, storage };
      const client = createAuthClient({ ...options, transport: 'cookie', coordination: 'none' });
      clients.push(client);
      return client;
    };
    let stored: AuthRecord | undefined;
    const storage = (): RecordStore => ({
      shared: true,
      update: async (decide) => void (stored = decide(stored) ?? stored),
    });
    return {
      server,
      openPage: () => openPage(storage),
      /** As a redirect does it: the page has no part in it. */
      signInByRedirect: (credentials: typeof BOB) => openPage('memory').login(credentials),
      /** What waits for other tabs, or for its time, goes on. */
      soon: async <T>(promise: Promise<T>): Promise<T> => {
        promise.catch(() => {});
        await clock.advance(1_000);
        return promise;
      },
      close: () => clients.forEach((client) => client.dispose()),
    };
  }

  it('signs in by the cookie of a redirect, in a browser that was used before', async () => {
    const browser = openBrowser();
    await browser.soon(browser.openPage().ready());
    await browser.soon(browser.signInByRedirect(CREDENTIALS));
    const page = browser.openPage();
    await browser.soon(page.ready());
    expect(page.getSnapshot()).toMatchObject({ status: 'unauthenticated' });
    expect(await browser.soon(page.adoptSession())).toMatchObject({ email: CREDENTIALS.email });
    expect(page.getSnapshot()).toMatchObject({ status: 'authenticated' });
    expect(await browser.soon(page.refreshToken())).toEqual(expect.any(String));
    browser.close();
  });

  it('takes it over from another user, whose session ends', async () => {
    const browser = openBrowser();
    const page = browser.openPage();
    await browser.soon(page.login(CREDENTIALS));
    await browser.soon(browser.signInByRedirect(BOB));
    expect(await browser.soon(page.adoptSession())).toMatchObject({ email: BOB.email });
    expect(page.getCurrentUser()).toMatchObject({ email: BOB.email });
    expect(await browser.soon(page.refreshToken())).toEqual(expect.any(String));
    expect(browser.server.sessions).toHaveLength(1);
    browser.close();
  });

  it('keeps the session at hand where the cookie is of it', async () => {
    const browser = openBrowser();
    const page = browser.openPage();
    await browser.soon(page.login(CREDENTIALS));
    await browser.soon(page.adoptSession());
    expect(await browser.soon(page.refreshToken())).toEqual(expect.any(String));
    expect(browser.server.sessions).toHaveLength(1);
    browser.close();
  });

  it('rejects where there is no cookie, and changes nothing', async () => {
    const browser = openBrowser();
    const page = browser.openPage();
    await expect(browser.soon(page.adoptSession())).rejects.toMatchObject({
      code: 'token_missing',
    });
    expect(page.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'none' });
    browser.close();
  });
});
