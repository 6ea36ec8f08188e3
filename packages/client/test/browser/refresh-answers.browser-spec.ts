import { headerOf } from '../../../../test/support/api.js';
import { eventually } from '../../../../test/support/eventually.js';
import {
  answering,
  answerLost,
  endlessBody,
  hang,
  problem,
  reset,
  slowBody,
  twice,
} from './support/faults.js';
import type { Fault } from './support/proxy.js';
import type { Tab } from './support/tab.js';
import { type Site, useWorld } from './support/world.js';

const REFRESH = '/api/auth/refresh';
const LIFETIME_MS = 30 * 60_000;
const HTML = { 'content-type': 'text/html' };
const FATAL = { clear_credentials: true, retryable: false };

const OF_THE_SERVER: [string, Fault][] = [
  ['hang', hang],
  ['a body that does not end', endlessBody],
  ['200 with a page', answering(200, HTML, '<h1>Sign in to this network</h1>')],
  ['200 with nothing', answering(200)],
  [
    '200 with half of what is needed',
    answering(200, { 'content-type': 'application/json' }, '{"access_token":"e30.e30.e30"}'),
  ],
  ['204', answering(204)],
  ['a redirect to a login page', answering(302, { location: '/login' })],
  ['400 with an unknown code', problem(400, 'tea_is_ready')],
  ['401 with a page', answering(401, HTML, '<h1>Unauthorized</h1>')],
  ['401 with an unknown code', problem(401, 'tea_is_ready')],
  ['403 with a page', answering(403, HTML, '<h1>Blocked by the firewall</h1>')],
  ['404', answering(404)],
  ['408', answering(408)],
  ...[500, 501, 502, 503, 504].map((status): [string, Fault] => [
    String(status),
    answering(status, HTML, '<h1>Oops</h1>'),
  ]),
  ['503 with Retry-After', answering(503, { 'retry-after': '1' })],
  ['503 that looks like the end of a session', problem(503, 'session_revoked', FATAL)],
];
const WEATHER: [string, Fault, string][] = [
  ['reset', reset, 'offline'],
  ['429', answering(429), 'throttled'],
  ['429 with Retry-After', answering(429, { 'retry-after': '1' }), 'throttled'],
  ...OF_THE_SERVER.map(([name, fault]): [string, Fault, string] => [name, fault, 'server']),
];

describe('a refresh', () => {
  const world = useWorld({ ROTATION_POLICY: 'strict' });

  it.each(WEATHER)(
    'answered by %s keeps the session, and the next call succeeds once the server is back',
    async (_name, fault, degraded) => {
      const site = world.newSite({ timeoutMs: 3_000 });
      const tab = await site.openSignedInTab();
      await site.setClocks(LIFETIME_MS);
      site.traffic.fault(REFRESH, fault);
      expect(await tab.request('/api/users/me', { timeoutMs: 300 })).toEqual(expect.any(String));
      await eventually(async () => (await tab.degraded()) === degraded);

      site.traffic.heal();
      expect(await tab.request()).toBe(200);
      expect(await tab.snapshot()).toMatchObject({ status: 'authenticated', degraded: undefined });
      expect(await tab.heard('sessionExpired')).toEqual([]);
      expect(
        site.traffic.outcomes.filter((outcome) => outcome !== 'rotated' && outcome !== 'replayed'),
      ).toEqual([]);
    },
  );

  it.each([
    ['whose answer is lost', answerLost, ['rotated', 'replayed']],
    ['that reaches the server twice', twice, ['replayed']],
    ['whose answer comes in small pieces', slowBody, ['rotated']],
  ])('%s succeeds', async (_name, fault, outcomes) => {
    const { site, tabs } = await openExpired();
    site.traffic.fault(REFRESH, fault, 1);
    expect(await Promise.all(tabs.map((tab) => tab.request()))).toEqual([200, 200]);
    expect(site.traffic.outcomes).toEqual(outcomes);
  });

  describe('refused for good ends the session, once in each tab, by', () => {
    it('session_revoked', async () => {
      const { site, tabs } = await openExpired();
      expect((await present('logout', tokenOf(site))).status).toBe(204);
      await expectExpired(tabs, 'session_revoked', 'revoked');
    });

    it('refresh_reuse_detected', async () => {
      const { site, tabs } = await openExpired();
      const stolen = tokenOf(site);
      const { refresh_token: next } = (await (await present('refresh', stolen)).json()) as {
        refresh_token: string;
      };
      expect((await present('refresh', next)).status).toBe(200);
      await expectExpired(tabs, 'refresh_reuse_detected', 'reused');
    });

    it('token_invalid', async () => {
      const { site, tabs } = await openExpired();
      site.traffic.fault(REFRESH, async ({ ask, send }) =>
        send(await ask({ headers: { authorization: 'Bearer e30.e30.e30' } })),
      );
      await expectExpired(tabs, 'token_invalid', 'revoked');
    });

    it('token_missing, where the cookie is gone', async () => {
      const { tabs } = await openExpired('cookie');
      await world.browser.clearCookies({ name: 'evergreen_refresh_token' });
      await expectExpired(tabs, 'token_missing', 'expired');
    });
  });

  async function openExpired(
    transport: 'bearer' | 'cookie' = 'bearer',
  ): Promise<{ site: Site; tabs: [Tab, Tab] }> {
    const site = world.newSite({ transport, timeoutMs: 5_000 });
    const [first, second] = await site.openSignedIn(2);
    await site.setClocks(LIFETIME_MS);
    return { site, tabs: [first!, second!] };
  }

  /** As somebody without a browser. */
  async function present(route: string, token: string): Promise<Response> {
    return fetch(`${world.server.url}/api/auth/${route}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
  }

  /**
   * The tab that has refreshed says what the server has said; the other sends its request without a
   * token.
   */
  async function expectExpired(tabs: Tab[], code: string, reason: string): Promise<void> {
    const answers = await Promise.all(tabs.map((tab) => tab.request()));
    expect(answers.sort()).toEqual([401, code]);
    for (const tab of tabs) {
      await tab.shows('unauthenticated');
      expect(await tab.snapshot()).toEqual({ status: 'unauthenticated', reason });
      expect(await tab.heard('sessionExpired')).toEqual([{ name: 'sessionExpired', reason }]);
    }
  }
});

/** The refresh token that the tabs have. */
function tokenOf({ traffic }: Site): string {
  return [...traffic.tokens].find((token) => headerOf(token).typ === 'rt+jwt')!;
}
