import type { Page } from 'playwright-core';
import { eventually } from '../../../../test/support/eventually.js';
import { reset } from './support/faults.js';
import type { Tab } from './support/tab.js';
import { type Site, useWorld } from './support/world.js';

const REFRESH = '/api/auth/refresh';
const API = [REFRESH, '/api/auth/verify', '/api/users/me'];
const LIFETIME_MS = 30 * 60_000;
const NOBODY = { status: 'unauthenticated', reason: 'none' };

/** Each in a page of its own, before its script. */
const BLOCKED: [string, () => void][] = [
  [
    'throws when it is opened',
    () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('Forbidden', 'SecurityError');
      };
    },
  ],
  [
    'fails when it is opened',
    () => {
      IDBFactory.prototype.open = () => {
        const request = new EventTarget() as IDBOpenDBRequest;
        setTimeout(() => request.onerror?.(new Event('error')));
        return request;
      };
    },
  ],
  [
    'throws when it is looked at',
    () =>
      Object.defineProperty(globalThis, 'indexedDB', {
        get: () => {
          throw new DOMException('Forbidden', 'SecurityError');
        },
      }),
  ],
  ['is not there', () => delete (globalThis as { indexedDB?: unknown }).indexedDB],
];

const FULL: [string, () => void][] = [
  [
    'refuses what is put',
    () => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('Full', 'QuotaExceededError');
      };
    },
  ],
  [
    'gives a transaction up',
    () => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...parameters) {
        const request = put.apply(this, parameters);
        this.transaction.abort();
        return request;
      };
    },
  ],
];

const CORRUPT: [string, unknown][] = [
  ['a text', 'corrupt'],
  ['nothing', null],
  ['a record without a generation', { deviceId: 'device' }],
  ['a record without a device', { generation: 1 }],
  [
    'a record with half a session',
    { generation: 1, deviceId: 'device', session: { id: 'session' } },
  ],
];

describe('a tab that starts', () => {
  const world = useWorld();

  it('with nothing knows that nobody is signed in, without asking', async () => {
    const site = world.newSite();
    const tab = await site.openTab();
    expect(await tab.snapshot()).toEqual(NOBODY);
    expect(site.traffic.seen).toEqual([]);
  });

  it('with nothing, and the cookie transport, asks once', async () => {
    const site = world.newSite({ transport: 'cookie' });
    const tab = await site.openTab();
    expect(await tab.snapshot()).toEqual(NOBODY);
    expect(site.traffic.outcomes).toEqual(['401']);
    expect(await tab.heard('sessionExpired')).toEqual([]);
  });

  it('with a good token asks whether it is good', async () => {
    const { site } = await leaveSignedIn();
    const tab = await site.openTab();
    expect(await tab.snapshot()).toMatchObject({
      status: 'authenticated',
      user: { email: site.email },
    });
    expect(site.traffic.at('/api/auth/verify')).toHaveLength(1);
    expect(site.traffic.outcomes).toEqual([]);
  });

  it('with a session that has ended since says so', async () => {
    const { site, token } = await leaveSignedIn();
    await fetch(`${world.server.url}/api/auth/logout`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    const tab = await site.openTab();
    expect(await tab.snapshot()).toEqual({ status: 'unauthenticated', reason: 'revoked' });
    expect(await tab.heard('sessionExpired')).toHaveLength(1);
  });

  it.each(['bearer', 'cookie'] as const)(
    'with an expired token refreshes first (transport %s)',
    async (transport) => {
      const { site } = await leaveSignedIn(transport);
      await site.setClocks(LIFETIME_MS);
      const before = site.traffic.outcomes.length;
      const tab = await site.openTab();
      expect(await tab.snapshot()).toMatchObject({ status: 'authenticated' });
      expect(site.traffic.outcomes.slice(before)).toEqual(['rotated']);
      expect(await tab.request()).toBe(200);
    },
  );

  it.each(CORRUPT)(
    'with %s instead of a record knows nobody, and can sign in',
    async (_what, record) => {
      const { site } = await leaveSignedIn();
      const page = await openEmptyPage(site);
      await page.evaluate(
        async ([key, value]) =>
          new Promise<void>((resolve, reject) => {
            const request = indexedDB.open('evergreen-auth');
            request.onsuccess = () => {
              const transaction = request.result.transaction('records', 'readwrite');
              transaction.objectStore('records').put(value, key);
              transaction.oncomplete = () => resolve(request.result.close());
              transaction.onabort = () => reject(transaction.error!);
            };
          }),
        [`evergreen-auth:${site.origin}`, record] as const,
      );
      const tab = await site.openTab();
      expect(await tab.snapshot()).toEqual(NOBODY);
      await expectToLiveOn(site, tab);
    },
  );

  it('with a database of a later release can sign in', async () => {
    const site = world.newSite();
    const page = await openEmptyPage(site);
    await page.evaluate(
      async () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open('evergreen-auth', 7);
          request.onsuccess = () => resolve(request.result.close());
          request.onerror = () => reject(request.error!);
        }),
    );
    await expectToLiveOn(site, await site.openTab());
  });

  it.each(BLOCKED)('where IndexedDB %s can sign in', async (_how, sabotage) => {
    const site = world.newSite({ sabotage });
    const tab = await site.openTab();
    expect(await tab.snapshot()).toEqual(NOBODY);
    await expectToLiveOn(site, tab);
  });

  it.each(FULL)('where the storage is full, and %s, can sign in', async (_how, sabotage) => {
    const site = world.newSite({ sabotage });
    await expectToLiveOn(site, await site.openTab());
  });

  it.each(FULL)(
    'after a refresh that could not be stored, as the storage %s, is still signed in',
    async (_how, sabotage) => {
      const site = world.newSite();
      const tab = await site.openSignedInTab();
      await tab.page.evaluate(sabotage);
      await site.setClocks(LIFETIME_MS);
      expect(await tab.request()).toBe(200);

      await tab.page.reload();
      await tab.ready();
      expect(await tab.request()).toBe(200);
      expect(await tab.snapshot()).toMatchObject({ status: 'authenticated' });
      expect(site.traffic.outcomes[0]).toBe('rotated');
      expect(['replayed', 'reissued']).toContain(site.traffic.outcomes[1]);
    },
  );

  describe.each(['bearer', 'cookie'] as const)('offline (transport %s)', (transport) => {
    it('keeps an expired session, and refreshes it when the server is there', async () => {
      const { site } = await leaveSignedIn(transport);
      await site.setClocks(LIFETIME_MS);
      API.forEach((path) => site.traffic.fault(path, reset));
      const tab = await site.openTab();
      expect(await tab.snapshot()).toMatchObject({
        status: 'authenticated',
        degraded: 'offline',
        user: { email: site.email },
      });
      site.traffic.heal();
      expect(await tab.request()).toBe(200);
      expect(await tab.degraded()).toBeUndefined();
    });

    it('asks nobody where the browser says so, until it says otherwise', async () => {
      const { site } = await leaveSignedIn(transport);
      await site.setClocks(LIFETIME_MS);
      const before = site.traffic.seen.length;
      const tab = await site.openTab(() =>
        Object.defineProperty(navigator, 'onLine', { value: false }),
      );
      expect(await tab.snapshot()).toMatchObject({ status: 'authenticated', degraded: 'offline' });
      expect(site.traffic.seen).toHaveLength(before);
      await tab.page.evaluate(() => dispatchEvent(new Event('online')));
      await eventually(async () => (await tab.degraded()) === undefined);
      expect(await tab.request()).toBe(200);
    });
  });

  /** An origin where somebody has signed in and closed the tab. */
  async function leaveSignedIn(
    transport: 'bearer' | 'cookie' = 'bearer',
  ): Promise<{ site: Site; token: string }> {
    const site = world.newSite({ transport });
    const tab = await site.openSignedInTab();
    const token = await tab.token();
    await tab.page.close();
    return { site, token };
  }

  /** A page of the same origin without a client. */
  async function openEmptyPage({ origin }: Site): Promise<Page> {
    const page = await world.browser.newPage();
    await page.goto(`${origin}/another-page`);
    return page;
  }

  /** Signs in, and goes through two expiries. */
  async function expectToLiveOn(site: Site, tab: Tab): Promise<void> {
    await site.register(tab);
    expect(await tab.request()).toBe(200);
    for (const expiry of [1, 2]) {
      await site.setClocks(expiry * LIFETIME_MS);
      expect(await tab.request()).toBe(200);
    }
    expect(await tab.snapshot()).toMatchObject({
      status: 'authenticated',
      user: { email: site.email },
    });
    expect(site.traffic.outcomes).toEqual(['rotated', 'rotated']);
  }
});
