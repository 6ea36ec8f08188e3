import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PASSWORD } from '../../../../test/support/api.js';
import { type Chromium, startChromium } from './support/chromium.js';
import type { Tab } from './support/tab.js';
import { type Site, type SiteOptions, useWorld } from './support/world.js';

const LIFETIME_MS = 30 * 60_000;
const BOUND = { status: 'authenticated', binding: 'key' };
const KEY_LOST = { status: 'unauthenticated', reason: 'key_lost' };

const TRANSPORTS: SiteOptions[] = [
  { binding: true, transport: 'bearer' },
  { binding: true, transport: 'cookie' },
];

describe('createBinding, in Chromium', () => {
  const world = useWorld();

  describe.each(TRANSPORTS)('by $transport', (options) => {
    it('signs in bound at the server, and refreshes with proofs that it accepts at once', async () => {
      const site = world.newSite(options);
      const tab = await site.openTab();
      site.traffic.seen.length = 0;
      await site.register(tab);
      expect(await tab.snapshot()).toMatchObject(BOUND);
      expect(await bindingsOf(tab)).toEqual(['key']);
      await tab.refresh();
      expect(site.traffic.seen.map(({ status }) => status)).toEqual([201, 200, 200]);
      expect(site.traffic.outcomes).toEqual(['rotated']);
    });

    it('continues the session after a restart of the browser', async () => {
      const profile = mkdtempSync(join(tmpdir(), 'evergreen-profile-'));
      let other: Chromium | undefined;
      try {
        other = await startChromium(profile);
        const before = world.newSite(options, other.tabs);
        const { page } = await before.openSignedInTab();
        // For the cookie transport: one that outlives the browser.
        await page.evaluate(
          ([email, password]) => client.login({ email, password, remember_me: true }),
          [before.email, PASSWORD] as const,
        );
        await other.close();
        other = await startChromium(profile);
        const name = new URL(before.origin).hostname.split('.')[0]!;
        const after = world.newSite({ ...options, name }, other.tabs);
        after.traffic.seen.length = 0;
        const tab = await after.openTab();
        expect(await tab.snapshot()).toMatchObject(BOUND);
        await tab.refresh();
        expect(after.traffic.outcomes).not.toContain('401');
        expect(await bindingsOf(tab)).toContain('key');
      } finally {
        await other?.close();
        rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
      }
    });

    it('has no key that script of the page could export', async () => {
      const tab = await world.newSite(options).openSignedInTab();
      expect(await tab.page.evaluate(exportKey)).toEqual(
        Array(3).fill(expect.stringMatching(/^(InvalidAccessError|NotSupportedError)$/)),
      );
    });

    it('goes on where localStorage alone is cleared', async () => {
      const site = world.newSite(options);
      const tab = await site.openSignedInTab();
      await closeAndRun(site, tab, () => localStorage.clear());
      const after = await site.openTab();
      expect(await after.snapshot()).toMatchObject(BOUND);
      await after.refresh();
      expect(site.traffic.outcomes.at(-1)).toBe('rotated');
    });
  });

  describe.each([
    {
      left: 'the cookie',
      options: { transport: 'cookie' },
      // Script does not see the cookie, so only the server can say that it needs the key.
      outcomes: ['401'],
      heard: [],
    },
    {
      left: 'the tokens in localStorage',
      options: { storage: 'localStorage' },
      outcomes: [],
      heard: [expect.objectContaining({ reason: 'key_lost' })],
    },
  ] as const)('where nothing but $left is left', ({ options, outcomes, heard }) => {
    let site: Site;
    let tab: Tab;

    beforeEach(async () => {
      site = world.newSite({ ...options, binding: true });
      const before = await site.openSignedInTab();
      await closeAndRun(site, before, deleteDatabase);
      site.traffic.seen.length = 0;
      tab = await site.openTab();
    });

    it('says key_lost once, and asks no more', async () => {
      expect(await tab.snapshot()).toEqual(KEY_LOST);
      await site.setClocks(LIFETIME_MS);
      expect(await tab.request()).toBe(401);
      expect(await tab.heard('sessionExpired')).toEqual(heard);
      await tab.page.reload();
      await tab.ready();
      const second = await site.openTab();
      for (const one of [tab, second]) {
        expect(await one.snapshot()).toEqual(KEY_LOST);
        expect(await one.heard('sessionExpired')).toEqual([]);
      }
      expect(site.traffic.outcomes).toEqual(outcomes);
    });

    it('signs in again, with another key', async () => {
      await tab.signIn(site.email, PASSWORD);
      expect(await tab.snapshot()).toMatchObject(BOUND);
      await tab.refresh();
      await tab.page.reload();
      await tab.ready();
      expect(await tab.snapshot()).toMatchObject(BOUND);
    });
  });

  it('signs in again where all is cleared', async () => {
    const site = world.newSite({ binding: true });
    await closeAndRun(site, await site.openSignedInTab(), deleteDatabase);
    const tab = await site.openTab();
    expect(await tab.snapshot()).toEqual({ status: 'unauthenticated', reason: 'none' });
    await tab.signIn(site.email, PASSWORD);
    expect(await tab.snapshot()).toMatchObject(BOUND);
  });

  it.each<[string, SiteOptions]>([
    ['is not secure', { domain: 'test' }],
    ['cannot store keys', { sabotage: refuseKeys }],
  ])('is not bound, and says so, where the page %s', async (_, options) => {
    const site = world.newSite({ ...options, binding: true });
    const tab = await site.openSignedInTab();
    expect(await tab.snapshot()).toMatchObject({ status: 'authenticated', binding: 'none' });
    expect(await bindingsOf(tab)).toEqual(['none']);
    await tab.refresh();
    expect(site.traffic.outcomes.at(-1)).toBe('rotated');
  });

  it('goes on in a page that has used the key where the key alone is gone, until it is reloaded', async () => {
    const site = world.newSite({ binding: true });
    const tab = await site.openSignedInTab();
    await tab.page.evaluate(deleteKey);
    await tab.refresh();
    expect(site.traffic.outcomes).toEqual(['rotated']);
    await tab.page.reload();
    await tab.ready();
    expect(await tab.snapshot()).toEqual(KEY_LOST);
    await tab.signIn(site.email, PASSWORD);
    expect(await tab.snapshot()).toMatchObject(BOUND);
  });
});

describe('createBinding, in Chromium, at a server with PROOF_ON=all', () => {
  const world = useWorld({ PROOF_ON: 'all' });

  it('proves each request; the first one to each URL at the second try', async () => {
    const site = world.newSite({ binding: true });
    const tab = await site.openSignedInTab();
    expect(await tab.requests(1)).toEqual([200]);
    expect(site.traffic.at('/api/users/me').map(({ status }) => status)).toEqual([401, 200]);
    expect(await tab.requests(10)).toEqual(Array(10).fill(200));
    expect(site.traffic.at('/api/users/me')).toHaveLength(12);
  });
});

/** Without any client of the site, which would write again. */
async function closeAndRun(site: Site, tab: Tab, work: () => unknown): Promise<void> {
  await tab.page.goto(`${site.origin}/elsewhere`);
  await tab.page.evaluate(work);
  await tab.page.close();
}

function deleteDatabase(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const deletion = indexedDB.deleteDatabase('evergreen-auth');
    deletion.onsuccess = resolve;
    deletion.onerror = deletion.onblocked = reject;
  });
}

function deleteKey(): Promise<unknown> {
  return new Promise((resolve) => {
    const opening = indexedDB.open('evergreen-auth', 1);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('records', 'readwrite');
      transaction.objectStore('records').delete('key:session');
      transaction.oncomplete = resolve;
      opening.result.close();
    };
  });
}

/** As in a private window of some browsers: records can be stored, and keys cannot. */
function refuseKeys(): void {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value: object, ...key) {
    if ('privateKey' in value) throw new DOMException('No keys', 'DataCloneError');
    return put.call(this, value, ...key);
  };
}

/** What script of somebody else would try. */
async function exportKey(): Promise<string[]> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open('evergreen-auth', 1);
    opening.onsuccess = () => resolve(opening.result);
  });
  const pair = await new Promise<CryptoKeyPair>((resolve) => {
    const read = database.transaction('records').objectStore('records').get('key:session');
    read.onsuccess = () => resolve(read.result as CryptoKeyPair);
  });
  database.close();
  return Promise.all(
    ['jwk', 'pkcs8', 'raw'].map((format) =>
      crypto.subtle.exportKey(format as 'raw', pair.privateKey).then(
        () => 'exported',
        (error: unknown) => (error as Error).name,
      ),
    ),
  );
}

/** What the server says of the sessions of who is signed in. */
async function bindingsOf({ page }: Tab): Promise<string[]> {
  return page.evaluate(async () => {
    const response = await client.fetch('/api/sessions');
    const { sessions } = (await response.json()) as { sessions: { binding: string }[] };
    return sessions.map(({ binding }) => binding);
  });
}
