import { eventually } from '../../../../test/support/eventually.js';
import { withMembers } from './support/faults.js';
import type { Tab } from './support/tab.js';
import { type Site, useWorld } from './support/world.js';

const DAY_MS = 24 * 3_600_000;
const LIFETIME_MS = 5_000;

declare global {
  var answers: (number | string)[];
  var timers: number[];
}

describe('access tokens that live for 5 seconds', () => {
  const world = useWorld({
    ROTATION_POLICY: 'strict',
    ACCESS_TOKEN_EXPIRE_MINUTES: String(LIFETIME_MS / 60_000),
    ACCESS_TOKEN_RENEW_MINUTES: '0',
    CLOCK_TOLERANCE_SECONDS: '0',
  });

  it('are replaced in time, by the clock of the browser, and three tabs that request all the while notice nothing', async () => {
    const site = world.newSite({ plain: true });
    const tabs = await site.openSignedIn(3);
    const begin = performance.now();
    await Promise.all(tabs.map(requestAllTheWhile));
    await eventually(() => site.traffic.outcomes.length >= 2, { withinMs: 30_000 });
    const elapsedMs = performance.now() - begin;

    for (const { page } of tabs) {
      const answers = await page.evaluate(() => globalThis.answers);
      expect(answers.length).toBeGreaterThan(0);
      expect(answers.filter((answer) => answer !== 200)).toEqual([]);
    }
    expect(site.traffic.outcomes.filter((outcome) => outcome !== 'rotated')).toEqual([]);
    expect(site.traffic.outcomes.length).toBeLessThanOrEqual(1 + elapsedMs / (LIFETIME_MS / 2));
  });

  it('are replaced once the server refuses one, where the client believes that they live longer', async () => {
    const site = world.newSite();
    ['/api/auth/register', '/api/auth/refresh'].forEach((path) =>
      site.traffic.fault(path, withMembers({ expires_in: 1_800 })),
    );
    const tab = await site.openSignedInTab();
    await untilRefused(await tab.token());
    await site.setClocks(60_000);
    expect(await tab.requests(10)).toEqual(Array(10).fill(200));
    expect(site.traffic.outcomes).toEqual(['rotated']);
  });

  async function untilRefused(token: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    await eventually(
      async () => (await fetch(`${world.server.url}/api/auth/verify`, { headers })).status === 401,
      { everyMs: 100 },
    );
  }
});

describe('access tokens that live for 30 days', () => {
  const world = useWorld();

  it('are left alone for 29 days, and replaced when 30 are almost over', async () => {
    const { site, tabs } = await openSignedIn();
    for (const days of [1, 15, 24.9, 29.99]) {
      await site.setClocks(days * DAY_MS);
      for (const tab of tabs) {
        await tab.page.bringToFront();
        expect(await tab.request()).toBe(200);
      }
      expect(site.traffic.outcomes).toEqual([]);
    }
    await site.setClocks(30 * DAY_MS - 60_000);
    for (const { page } of tabs) await page.bringToFront();
    await eventually(() => site.traffic.outcomes.length > 0);
    expect(await Promise.all(tabs.map((tab) => tab.request()))).toEqual([200, 200]);
    expect(site.traffic.outcomes).toEqual(['rotated']);
  });

  it('cause no timer that fires at once', async () => {
    const site = world.newSite({ plain: true, sabotage: recordTimers });
    ['/api/auth/register', '/api/auth/refresh'].forEach((path) =>
      site.traffic.fault(path, withMembers({ expires_in: (30 * DAY_MS) / 1_000 })),
    );
    const tab = await site.openSignedInTab();
    expect(await tab.request()).toBe(200);
    const timers = await tab.page.evaluate(() => globalThis.timers);
    expect(timers.length).toBeGreaterThan(0);
    expect(timers.filter((milliseconds) => milliseconds > 2 ** 31 - 1)).toEqual([]);
    expect(site.traffic.outcomes).toEqual([]);
  });

  /** No server of ours gives such tokens out, others do. */
  async function openSignedIn(): Promise<{ site: Site; tabs: Tab[] }> {
    const site = world.newSite();
    ['/api/auth/register', '/api/auth/refresh'].forEach((path) =>
      site.traffic.fault(path, withMembers({ expires_in: (30 * DAY_MS) / 1_000 })),
    );
    return { site, tabs: await site.openSignedIn(2) };
  }
});

async function requestAllTheWhile({ page }: Tab): Promise<void> {
  await page.evaluate(() => {
    globalThis.answers = [];
    const next = async () => {
      answers.push(await request('/api/users/me'));
      setTimeout(() => void next(), 100);
    };
    void next();
  });
}

function recordTimers(): void {
  globalThis.timers = [];
  const original = globalThis.setTimeout;
  globalThis.setTimeout = ((callback: () => void, milliseconds: number) => {
    timers.push(milliseconds);
    return original(callback, milliseconds);
  }) as typeof setTimeout;
}
