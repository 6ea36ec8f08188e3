import { eventually } from '../../../../test/support/eventually.js';
import { heldUp } from './support/faults.js';
import type { Tab } from './support/tab.js';
import { useWorld } from './support/world.js';

const REFRESH = '/api/auth/refresh';
const LIFETIME_MS = 30 * 60_000;

describe('without a network', () => {
  const world = useWorld({ ROTATION_POLICY: 'strict' });

  it.each(['bearer', 'cookie'] as const)(
    'six tabs are silent, and on its return refresh once (transport %s)',
    async (transport) => {
      const site = world.newSite({ transport });
      const tabs = await site.openSignedIn(6);
      const before = site.traffic.seen.length;
      await goOffline(tabs);
      await site.setClocks(LIFETIME_MS);
      for (const { page } of tabs) await page.bringToFront();
      // One has tried, and the others know.
      const codes = await Promise.all(tabs.map((tab) => tab.request()));
      expect(codes.sort()).toEqual([...Array<string>(5).fill('degraded'), 'network']);
      expect(await Promise.all(tabs.map((tab) => tab.sent('/api/users/me')))).toEqual(
        Array(6).fill(0),
      );
      for (const tab of tabs) {
        expect(await tab.snapshot()).toMatchObject({
          status: 'authenticated',
          degraded: 'offline',
        });
        expect(await tab.heard('offline')).toHaveLength(1);
      }

      const sentBefore = await refreshesOf(tabs);
      const door = heldUp();
      site.traffic.fault(REFRESH, door.fault, 1);
      await world.browser.setOffline(false);
      await door.reached;
      door.letGo();
      for (const tab of tabs) await eventually(async () => (await tab.degraded()) === undefined);
      expect(await Promise.all(tabs.map((tab) => tab.request()))).toEqual(Array(6).fill(200));
      expect(await refreshesOf(tabs)).toBe(sentBefore + 1);
      expect(site.traffic.seen.slice(before).filter(({ path }) => path === REFRESH)).toHaveLength(
        1,
      );
    },
  );

  it('a good token is kept, and costs nothing however often the network comes and goes', async () => {
    const site = world.newSite();
    const tabs = await site.openSignedIn(2);
    const token = await tabs[0]!.token();
    for (let flap = 1; flap <= 5; flap++) {
      await goOffline(tabs);
      expect(await tabs[0]!.token()).toBe(token);
      await world.browser.setOffline(false);
      for (const tab of tabs) await eventually(async () => (await tab.degraded()) === undefined);
    }
    expect(await Promise.all(tabs.map((tab) => tab.request()))).toEqual([200, 200]);
    expect(site.traffic.at(REFRESH)).toEqual([]);
  });

  it('an expired token is replaced once, however often the network comes and goes', async () => {
    const site = world.newSite();
    const tabs = await site.openSignedIn(2);
    await goOffline(tabs);
    await site.setClocks(LIFETIME_MS);
    for (let flap = 1; flap <= 5; flap++) {
      await world.browser.setOffline(false);
      await goOffline(tabs);
    }
    await world.browser.setOffline(false);
    for (const tab of tabs)
      await eventually(async () => (await tab.degraded()) === undefined, { withinMs: 20_000 });
    expect(await Promise.all(tabs.map((tab) => tab.request()))).toEqual([200, 200]);
    expect(site.traffic.outcomes.filter((outcome) => outcome !== 'replayed')).toEqual(['rotated']);
  });

  async function goOffline(tabs: Tab[]): Promise<void> {
    await world.browser.setOffline(true);
    for (const tab of tabs) await eventually(async () => (await tab.degraded()) === 'offline');
  }
});

async function refreshesOf(tabs: Tab[]): Promise<number> {
  const counts = await Promise.all(tabs.map((tab) => tab.sent(REFRESH)));
  return counts.reduce((sum, count) => sum + count, 0);
}
