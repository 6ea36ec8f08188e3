import { newEmail, PASSWORD } from '../../../../test/support/api.js';
import { eventually } from '../../../../test/support/eventually.js';
import { heldUpAt, STAGES } from './support/faults.js';
import { watchSteps } from './support/sabotage.js';
import type { Tab } from './support/tab.js';
import { type Site, useWorld } from './support/world.js';

const REFRESH = '/api/auth/refresh';
const SIGNED_OUT = { status: 'unauthenticated', reason: 'signed_out' };

const world = useWorld({ ROTATION_POLICY: 'strict' });

describe.each(['bearer', 'cookie'] as const)('signing out, with the transport %s', (transport) => {
  describe.each(['this tab', 'another tab'])('in %s while a refresh is on its way', (where) => {
    it.each(STAGES)('wins %s', async (stage) => {
      const site = world.newSite({ transport });
      const [refreshing, other] = await openTwo(site);
      const door = heldUpAt(stage);
      site.traffic.fault(REFRESH, door.fault, 1);

      await beginRefresh(refreshing);
      await door.reached;
      await (where === 'this tab' ? refreshing : other).signOut();
      door.letGo();
      await expectSignedOut(site, [refreshing, other]);
    });

    it('wins at every step that the refresh takes in its tab', async () => {
      const site = world.newSite({ transport, sabotage: watchSteps });
      const [refreshing, other] = await openTwo(site);
      const steps = await stepsOfARefresh(refreshing);
      expect(steps).toEqual(
        expect.arrayContaining(['request 1', 'get 2', 'put 2', 'fetch 1', 'text 1']),
      );

      for (const step of steps) {
        const interrupted =
          where === 'this tab'
            ? signOutAt(refreshing, step)
            : holdAt(refreshing, step).then(async () => other.signOut());
        await beginRefresh(refreshing);
        await interrupted;
        await expectSignedOut(site, [refreshing, other]);
        await other.signIn(site.email, PASSWORD);
        await refreshing.shows('authenticated');
      }
    });
  });

  it.each(STAGES)('and signing in as somebody else wins over a refresh %s', async (stage) => {
    const site = world.newSite({ transport });
    const [refreshing, other] = await openTwo(site);
    const somebodyElse = await newUser();
    const door = heldUpAt(stage);
    site.traffic.fault(REFRESH, door.fault, 1);

    await beginRefresh(refreshing);
    await door.reached;
    const formerTokens = [...site.traffic.tokens];
    await other.signOut();
    await other.signIn(somebodyElse, PASSWORD);
    door.letGo();

    for (const tab of [refreshing, other]) {
      await tab.shows('authenticated');
      expect(await tab.request()).toBe(200);
      expect(await tab.snapshot()).toMatchObject({ user: { email: somebodyElse } });
      await tab.refresh();
    }
    expect(await livingOf(formerTokens)).toEqual([]);
  });

  async function openTwo(site: Site): Promise<[Tab, Tab]> {
    const [first, second] = await site.openSignedIn(2);
    return [first!, second!];
  }

  async function expectSignedOut(site: Site, tabs: Tab[]): Promise<void> {
    for (const tab of tabs) {
      await tab.shows('unauthenticated');
      expect(await tab.snapshot()).toEqual(SIGNED_OUT);
    }
    await eventually(async () => (await livingOf(site.traffic.tokens)).length === 0);
    for (const tab of tabs) {
      expect(await tab.request()).toBe(401);
      expect(await tab.snapshot()).toEqual(SIGNED_OUT);
    }
    const cookies = await world.browser.cookies(`${site.origin}${REFRESH}`);
    expect(cookies.map(({ name }) => name)).not.toContain('evergreen_refresh_token');
  }

  /** Those of the tokens that the server still takes. */
  async function livingOf(tokens: Iterable<string>): Promise<string[]> {
    const ask = async (token: string, method: string, path: string) =>
      (
        await fetch(`${world.server.url}/api/auth/${path}`, {
          method,
          headers: { authorization: `Bearer ${token}` },
        })
      ).ok;
    const judged = [...tokens].map(async (token) =>
      (await ask(token, 'GET', 'verify')) || (await ask(token, 'POST', 'refresh')) ? [token] : [],
    );
    return (await Promise.all(judged)).flat();
  }

  async function newUser(): Promise<string> {
    const email = newEmail();
    await fetch(`${world.server.url}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    return email;
  }
});

/** Nobody waits for it: it may be given up. */
async function beginRefresh({ page }: Tab): Promise<void> {
  await page.evaluate(() => {
    steps = [];
    void client.refreshToken().catch(() => {});
  });
}

async function stepsOfARefresh({ page }: Tab): Promise<string[]> {
  return page.evaluate(async () => {
    steps = [];
    await client.refreshToken();
    return steps;
  });
}

async function signOutAt({ page }: Tab, step: string): Promise<void> {
  await page.evaluate((at) => {
    interrupt = { at, by: () => void client.logout() };
  }, step);
}

/** Resolves while the tab stands still at this step, as it does for a moment. */
async function holdAt({ page }: Tab, step: string): Promise<void> {
  const standsStill = page.waitForEvent(
    'console',
    (message) => message.text() === 'standing still',
  );
  await page.evaluate((at) => {
    const standStill = () => {
      console.log('standing still');
      for (const until = performance.now() + 300; performance.now() < until;);
    };
    interrupt = { at, by: standStill };
  }, step);
  await standsStill;
}
