import { eventually } from '../../../../test/support/eventually.js';
import type { Tab } from './support/tab.js';
import { type Site, useWorld } from './support/world.js';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const SHIFTS: [string, number][] = [
  ['an hour behind', -HOUR_MS],
  ['an hour ahead', HOUR_MS],
  ['a year behind', -YEAR_MS],
  ['a year ahead', YEAR_MS],
];

declare global {
  var comesBack: boolean | undefined;
}

describe("the device's clock", () => {
  const world = useWorld({ ROTATION_POLICY: 'strict' });

  it.each(SHIFTS)('may be %s all the time: nobody notices', async (_how, calendarMs) => {
    const site = world.newSite();
    await site.setClocks(calendarMs, 0);
    const tabs = await site.openSignedIn(2);
    await expectAnswers(tabs);
    await tabs[0]!.page.reload();
    await tabs[0]!.shows('authenticated');
    await expectAnswers(tabs);
    expect(site.traffic.outcomes).toEqual([]);
  });

  it.each(SHIFTS)('may jump to %s: it costs one refresh at most', async (_how, calendarMs) => {
    const site = world.newSite();
    const tabs = await site.openSignedIn(2);
    await site.setClocks(calendarMs, 0);
    await expectAnswers(tabs);
    const after = [...site.traffic.outcomes];
    expect(after).toEqual(calendarMs < 0 ? [] : ['rotated']);
    await wake(tabs);
    await expectAnswers(tabs);
    expect(site.traffic.outcomes).toEqual(after);
  });

  it.each(SHIFTS)(
    'may jump to %s before a reload: it costs one refresh',
    async (_how, calendarMs) => {
      const site = world.newSite();
      const [tab] = await site.openSignedIn(1);
      await site.setClocks(calendarMs, 0);
      await tab!.page.reload();
      await tab!.shows('authenticated');
      await expectAnswers([tab!]);
      expect(site.traffic.outcomes).toEqual(['rotated']);
    },
  );

  it('may jump to and fro: a refresh for each jump forward at most', async () => {
    const site = world.newSite();
    const tabs = await site.openSignedIn(2);
    for (let jump = 1; jump <= 6; jump++) {
      await site.setClocks(jump % 2 ? HOUR_MS : 0, 0);
      await expectAnswers(tabs);
    }
    expect(site.traffic.outcomes.length).toBeLessThanOrEqual(6);
    expect(site.traffic.outcomes.filter((outcome) => outcome !== 'rotated')).toEqual([]);
  });

  it('may find 8 hours gone, of which its timers know nothing: six tabs awake to one refresh', async () => {
    const site = world.newSite();
    const tabs = await site.openSignedIn(6);
    await site.setClocks(8 * HOUR_MS, 0);
    await wake(tabs);
    await eventually(() => site.traffic.outcomes.length > 0);
    await expectAnswers(tabs);
    expect(site.traffic.outcomes).toEqual(['rotated']);
  });

  it('may find 8 hours gone over tabs that were frozen: they awake to one refresh', async () => {
    const site = world.newSite();
    const tabs = await site.openSignedIn(4);
    const frozen = tabs.slice(0, 3);
    const lifecycles = await Promise.all(
      frozen.map(async ({ page }) => world.browser.newCDPSession(page)),
    );
    await Promise.all(
      frozen.map(async ({ page }) =>
        page.evaluate(() => document.addEventListener('freeze', () => (document.title = 'frozen'))),
      ),
    );
    for (const lifecycle of lifecycles)
      await lifecycle.send('Page.setWebLifecycleState', { state: 'frozen' });
    for (const { page } of frozen) await eventually(async () => (await page.title()) === 'frozen');

    await site.setClocks(8 * HOUR_MS, 0);
    for (const lifecycle of lifecycles)
      await lifecycle.send('Page.setWebLifecycleState', { state: 'active' });
    await eventually(() => site.traffic.outcomes.length > 0);
    await expectAnswers(tabs);
    expect(site.traffic.outcomes).toEqual(['rotated']);
  });

  describe('goes on while a page is in the back-forward cache', () => {
    it('which is restored as it was, and refreshes once what has expired meanwhile', async () => {
      const { site, tab } = await putAside();
      await site.setClocks(HOUR_MS);
      await tab.page.goBack({ waitUntil: 'commit' });
      await eventually(async () => tab.page.evaluate(() => globalThis.comesBack ?? false));
      await eventually(() => site.traffic.outcomes.length > 0);
      expect(await tab.request()).toBe(200);
      expect(site.traffic.outcomes).toEqual(['rotated']);
    });

    it('which adopts what others have got meanwhile', async () => {
      const { site, tab, other } = await putAside();
      await site.setClocks(HOUR_MS);
      expect(await other.request()).toBe(200);
      await comeBack(tab);
      await eventually(async () => (await tab.token()) === (await other.token()));
      expect(site.traffic.outcomes).toEqual(['rotated']);
    });

    it('which is signed out if others have been', async () => {
      const { tab, other } = await putAside();
      await other.signOut();
      await comeBack(tab);
      await tab.shows('unauthenticated');
      expect(await tab.snapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    });
  });

  async function putAside(): Promise<{ site: Site; tab: Tab; other: Tab }> {
    const site = world.newSite();
    const [tab, other] = await site.openSignedIn(2);
    await tab!.page.evaluate(() =>
      addEventListener('pageshow', ({ persisted }) => (globalThis.comesBack = persisted)),
    );
    await tab!.page.goto(`${site.origin}/another-page`);
    return { site, tab: tab!, other: other! };
  }

  /**
   * Chromium gives up a page that it has put aside as soon as a message of another tab comes for
   * it, and then loads it anew.
   */
  async function comeBack(tab: Tab): Promise<void> {
    await tab.page.goBack({ waitUntil: 'commit' });
    await tab.ready();
  }
});

async function expectAnswers(tabs: Tab[]): Promise<void> {
  const answers = await Promise.all(tabs.map((tab) => tab.requests(5)));
  expect(answers.flat()).toEqual(Array(tabs.length * 5).fill(200));
}

/** As a person does who comes back to them. */
async function wake(tabs: Tab[]): Promise<void> {
  for (const { page } of tabs) await page.bringToFront();
}
