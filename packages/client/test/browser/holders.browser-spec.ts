import { eventually } from '../../../../test/support/eventually.js';
import { heldUpAt, hang } from './support/faults.js';
import { deleteLocks } from './support/sabotage.js';
import type { Tab } from './support/tab.js';
import { type Site, useWorld } from './support/world.js';

const REFRESH = '/api/auth/refresh';
const LIFETIME_MS = 30 * 60_000;

const world = useWorld({ ROTATION_POLICY: 'strict' });

describe.each([
  ['with Web Locks', undefined],
  ['with the lease alone', deleteLocks],
])('a tab that holds the right to refresh, %s', (_how, sabotage) => {
  it('may be closed: another one goes on, and the server repeats its answer', async () => {
    const { site, holder, others, letGo } = await holdUp();
    await holder.page.close();
    await expectToGoOn(site, others);
    letGo();
  });

  it('may crash', async () => {
    const { site, holder, others, letGo } = await holdUp();
    const crashed = holder.page.waitForEvent('crash');
    const devTools = await world.browser.newCDPSession(holder.page);
    void devTools.send('Page.crash').catch(() => {});
    await crashed;
    await expectToGoOn(site, others);
    letGo();
  });

  it('may be frozen: thawed, it adopts what others have got meanwhile', async () => {
    const { site, holder, others, letGo } = await holdUp();
    await holder.page.evaluate(() =>
      document.addEventListener('freeze', () => (document.title = 'frozen')),
    );
    const devTools = await world.browser.newCDPSession(holder.page);
    await devTools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await eventually(async () => (await holder.page.title()) === 'frozen');
    letGo();
    await expectToGoOn(site, others);

    await devTools.send('Page.setWebLifecycleState', { state: 'active' });
    await expectToAdopt(site, holder, others);
  });

  it('may hang: going on, it adopts what others have got meanwhile', async () => {
    const { site, holder, others, letGo } = await holdUp();
    const hangs = holder.page.waitForEvent('console');
    const goesOn = holder.page.evaluate(() => {
      console.log('hanging');
      for (const until = performance.now() + 4_000; performance.now() < until;);
      return client.getSnapshot().status;
    });
    await hangs;
    letGo();
    await expectToGoOn(site, others);
    expect(await goesOn).toBe('authenticated');
    await expectToAdopt(site, holder, others);
  });

  it('gives it up where the server does not answer', async () => {
    const site = world.newSite({ sabotage, timeoutMs: 5_000 });
    const [first, second] = await site.openSignedIn(2);
    await site.setClocks(LIFETIME_MS);
    site.traffic.fault(REFRESH, hang, 1);
    expect(await Promise.all([first!.request(), second!.request()])).toEqual([200, 200]);
    expect(site.traffic.outcomes).toEqual(['rotated']);
  });

  /** One tab of three refreshes, the server has done it, and the answer is on its way. */
  async function holdUp(): Promise<{ site: Site; holder: Tab; others: Tab[]; letGo: () => void }> {
    const site = world.newSite({ sabotage });
    const [holder, ...others] = await site.openSignedIn(3);
    const door = heldUpAt('after the server has done it');
    site.traffic.fault(REFRESH, door.fault, 1);
    await site.setClocks(LIFETIME_MS);
    await holder!.page.evaluate(() => void client.getAccessToken().catch(() => {}));
    await door.reached;
    return { site, holder: holder!, others, letGo: () => door.letGo() };
  }

  async function expectToGoOn(site: Site, others: Tab[]): Promise<void> {
    expect(await Promise.all(others.map((tab) => tab.request()))).toEqual([200, 200]);
    expect(site.traffic.outcomes).toEqual(['rotated', 'replayed']);
  }

  async function expectToAdopt(site: Site, holder: Tab, [other]: Tab[]): Promise<void> {
    const token = await other!.token();
    await eventually(async () => (await holder.token()) === token);
    expect(await holder.request()).toBe(200);
    expect(site.traffic.outcomes).toEqual(['rotated', 'replayed']);
  }
});
