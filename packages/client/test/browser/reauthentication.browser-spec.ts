import { PASSWORD } from '../../../../test/support/api.js';
import { eventually } from '../../../../test/support/eventually.js';
import { answerLost, problem } from './support/faults.js';
import type { Tab } from './support/tab.js';
import { useWorld } from './support/world.js';

const REAUTHENTICATE = '/api/auth/reauthenticate';
const ME = '/api/users/me';

const world = useWorld({ ROTATION_POLICY: 'strict' });

describe.each(['bearer', 'cookie'] as const)(
  'a new proof of who the user is, with the transport %s',
  (transport) => {
    it('in one tab leaves both tabs signed in, whatever they do meanwhile', async () => {
      const site = world.newSite({ transport });
      const [one, two] = await openTwo(site);
      for (let times = 0; times < 3; times++) {
        const before = await one.token();
        const busy = Promise.all([one.requests(5), two.requests(5), two.refresh()]);
        expect(await prove(one)).toBe('proved');
        await busy;
        for (const tab of [one, two]) {
          await eventually(async () => (await tab.token()) !== before);
          expect(await tab.request()).toBe(200);
          await tab.refresh();
        }
      }
      await expectSignedIn([one, two]);
    });

    it('is asked for once in a tab where ten requests need it, and they go on', async () => {
      const site = world.newSite({ transport });
      const [one, two] = await openTwo(site);
      await sleepASecond(one);
      const refused = problem(401, 'reauthentication_required', { max_age: 0 });
      site.traffic.fault(ME, refused, 10);
      await one.page.evaluate((current_password) => {
        globalThis.asked = 0;
        globalThis.onReauthenticate = async () => {
          globalThis.asked++;
          await client.reauthenticate({ current_password });
        };
      }, PASSWORD);
      // The browser keeps further requests of one URL waiting for the first.
      const all = Array.from({ length: 10 }, async (_, index) => one.request(`${ME}?${index}`));
      expect(await Promise.all(all)).toEqual(Array(10).fill(200));
      expect(await one.page.evaluate(() => globalThis.asked)).toBe(1);
      expect(await two.request()).toBe(200);
      await expectSignedIn([one, two]);
    });

    it('whose answer is lost is asked again, and no tab is signed out', async () => {
      const site = world.newSite({ transport, timeoutMs: 2000 });
      const [one, two] = await openTwo(site);
      site.traffic.fault(REAUTHENTICATE, answerLost, 3);
      expect(await prove(one)).toMatch(/network|timeout/);
      // Neither tab knows of the tokens of the lost answer.
      const refreshed = two.page.evaluate(() =>
        client.refreshToken().catch((error: unknown) => (error as { code: string }).code),
      );
      expect(await refreshed).toBe('reauthentication_required');
      expect((await two.heard('reauthRequired')).length).toBeGreaterThan(0);
      await expectSignedIn([one, two]);
      await eventually(async () => (await prove(two)) === 'proved');
      for (const tab of [one, two]) {
        await eventually(async () => (await tab.request()) === 200);
        await tab.refresh();
      }
      await expectSignedIn([one, two]);
    });
  },
);

async function openTwo(site: ReturnType<typeof world.newSite>): Promise<[Tab, Tab]> {
  const [first, second] = await site.openSignedIn(2);
  return [first!, second!];
}

/** Until the next second, since a proof counts by whole ones. */
async function sleepASecond({ page }: Tab): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1100)));
}

async function prove({ page }: Tab): Promise<string> {
  return page.evaluate(
    (current_password) =>
      client.reauthenticate({ current_password }).then(
        () => 'proved',
        (error: unknown) => (error as { code: string }).code,
      ),
    PASSWORD,
  );
}

async function expectSignedIn(tabs: readonly Tab[]): Promise<void> {
  for (const tab of tabs) {
    expect(await tab.snapshot()).toMatchObject({ status: 'authenticated' });
    expect(await tab.heard('sessionExpired')).toEqual([]);
    expect(await tab.heard('signedOut')).toEqual([]);
  }
}
