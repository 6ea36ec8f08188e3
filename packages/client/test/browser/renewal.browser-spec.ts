import { eventually } from '../../../../test/support/eventually.js';
import { answering, heldUp } from './support/faults.js';
import type { Fault } from './support/proxy.js';
import type { Tab } from './support/tab.js';
import { type Site, useWorld } from './support/world.js';

const ECHO = '/api/echo';

/** Every page may read these answers. */
const FOR_ALL = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, x-new-token',
  'access-control-expose-headers': 'X-New-Token, X-New-Token-Expires-In',
};

describe('a token in X-New-Token', () => {
  const world = useWorld({ ACCESS_TOKEN_EXPIRE_MINUTES: '30', ACCESS_TOKEN_RENEW_MINUTES: '30' });

  it('is taken in every tab', async () => {
    const { site, tabs, token } = await openSignedIn();
    site.traffic.fault(ECHO, bringing(token));
    expect(await tabs[0].request(ECHO)).toBe(200);
    for (const tab of tabs) await eventually(async () => (await tab.token()) === token);
  });

  it('is not taken where a newer one has come before', async () => {
    const { site, tabs, token: older } = await openSignedIn();
    const [tab] = tabs;
    const newer = await renewed(older);
    const door = heldUp(bringing(older));
    site.traffic.fault(ECHO, door.fault, 1);
    site.traffic.fault(ECHO, bringing(newer), 1);
    // The browser keeps a second request of the same URL waiting for the first.
    const late = tab.request(`${ECHO}?late`);
    await door.reached;
    expect(await tab.request(ECHO)).toBe(200);
    expect(await tab.token()).toBe(newer);
    door.letGo();
    expect(await late).toBe(200);
    expect(await tab.token()).toBe(newer);
  });

  it('is not taken from a foreign origin, which gets no token either', async () => {
    const { tabs, token } = await openSignedIn();
    const [tab] = tabs;
    const foreign = world.newSite();
    const sent: unknown[] = [];
    foreign.traffic.fault(ECHO, async (exchange) => {
      sent.push(exchange.request.headers.authorization);
      await bringing(token)(exchange);
    });
    const before = await tab.token();
    expect(await tab.request(foreign.origin + ECHO)).toBe(200);
    expect(await tab.token()).toBe(before);
    expect(sent).toEqual([undefined]);
  });

  it('is not taken from a foreign origin that the server redirects to', async () => {
    const { site, tabs, token } = await openSignedIn();
    const [tab] = tabs;
    const foreign = world.newSite();
    const sent: unknown[] = [];
    foreign.traffic.fault(ECHO, async (exchange) => {
      sent.push(exchange.request.headers.authorization);
      await bringing(token)(exchange);
    });
    site.traffic.fault(ECHO, answering(307, { location: foreign.origin + ECHO }));
    const before = await tab.token();
    expect(await tab.request(ECHO)).toBe(200);
    expect(await tab.token()).toBe(before);
    expect(sent).not.toContain(`Bearer ${before}`);
  });

  it('is not taken after a sign-out', async () => {
    const { site, tabs, token } = await openSignedIn();
    const [tab, other] = tabs;
    const door = heldUp(bringing(token));
    site.traffic.fault(ECHO, door.fault, 1);
    const late = tab.request(ECHO);
    await door.reached;
    await other.signOut();
    door.letGo();
    expect(await late).toBe(200);
    for (const each of tabs) {
      await each.shows('unauthenticated');
      expect(await each.snapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    }
  });

  it('is not taken where it is of another session', async () => {
    const { site, tabs } = await openSignedIn();
    const [tab] = tabs;
    const somebodyElse = await world.newSite().openSignedInTab();
    const before = await tab.token();
    site.traffic.fault(ECHO, bringing(await renewed(await somebodyElse.token())));
    expect(await tab.request(ECHO)).toBe(200);
    expect(await tab.token()).toBe(before);
  });

  it('is taken from a server of another origin that allows this one', async () => {
    const api = world.newSite();
    const site = world.newSite({ name: 'elsewhere', baseUrl: api.origin });
    const tab = await site.openSignedInTab();
    const before = await tab.token();
    await eventually(
      async () =>
        (await tab.request(`${api.origin}/api/users/me`)) === 200 && (await tab.token()) !== before,
      {
        everyMs: 300,
      },
    );
    expect(await tab.refresh()).toEqual(expect.any(String));
    expect(api.traffic.outcomes).toEqual(['rotated']);
    expect(site.traffic.seen).toEqual([]);
  });

  /** Two tabs, and a token that the server has made for them since. */
  async function openSignedIn(): Promise<{ site: Site; tabs: [Tab, Tab]; token: string }> {
    const site = world.newSite();
    const [first, second] = await site.openSignedIn(2);
    return { site, tabs: [first!, second!], token: await renewed(await first!.token()) };
  }

  /** One that is at least a second younger. */
  async function renewed(token: string): Promise<string> {
    let next: string | null = null;
    await eventually(
      async () => {
        const answer = await fetch(`${world.server.url}/api/users/me`, {
          headers: { authorization: `Bearer ${token}` },
        });
        next = answer.headers.get('x-new-token');
        return next !== null && next !== token;
      },
      { everyMs: 100 },
    );
    return next!;
  }
});

function bringing(token: string): Fault {
  return answering(200, { ...FOR_ALL, 'x-new-token': token, 'x-new-token-expires-in': '1800' });
}
