import { deleteLocks } from './support/sabotage.js';
import type { Tab } from './support/tab.js';
import { type Site, type SiteOptions, useWorld } from './support/world.js';

const LIFETIME_MS = 30 * 60_000;

interface Storm {
  readonly who: string;
  readonly tabs: number;
  readonly expiries: number;
  readonly options?: SiteOptions;
}

const SIX_TABS: Storm = { who: '6 tabs', tabs: 6, expiries: 50 };
const STORMS: Storm[] = [
  { who: '2 tabs', tabs: 2, expiries: 50 },
  SIX_TABS,
  { who: '20 tabs', tabs: 20, expiries: 50 },
  { who: '6 tabs without Web Locks', tabs: 6, expiries: 50, options: { sabotage: deleteLocks } },
  { who: '6 tabs of an insecure origin', tabs: 6, expiries: 50, options: { domain: 'test' } },
  {
    who: '6 tabs with the cookie transport',
    tabs: 6,
    expiries: 20,
    options: { transport: 'cookie' },
  },
  {
    who: '6 tabs with the cookie transport and without Web Locks',
    tabs: 6,
    expiries: 10,
    options: { transport: 'cookie', sabotage: deleteLocks },
  },
  ...[2, 6, 20].map((tabs) => ({
    who: `${tabs} tabs with a bound session`,
    tabs,
    expiries: 10,
    options: { binding: true },
  })),
  {
    who: '6 tabs with a bound session and the cookie transport',
    tabs: 6,
    expiries: 10,
    options: { binding: true, transport: 'cookie' },
  },
];

describe.each([
  ['strict', { ROTATION_POLICY: 'strict' }, STORMS],
  ['the default', {}, [SIX_TABS]],
])('tokens that expire, where the rotation policy is %s', (_policy, environment, storms) => {
  const world = useWorld(environment);

  it.each([10, 100])('cost %i parallel requests one refresh', async (requests) => {
    const site = world.newSite();
    const tabs = await site.openSignedIn(1);
    expect(await expireAndRequest(site, tabs, 1, requests)).toEqual(Array(requests).fill(200));
    expect(site.traffic.outcomes).toEqual(['rotated']);
  });

  it.each(storms)(
    'cost $who one refresh each time, through $expiries expiries',
    async ({ tabs: count, expiries, options }) => {
      const site = world.newSite(options);
      const tabs = await site.openSignedIn(count);
      const before = {
        outcomes: site.traffic.outcomes.length,
        rotations: (await counted(site)).rotations,
      };

      const answers = await expireAndRequest(site, tabs, expiries, 1);
      expect(answers).toEqual(Array(expiries * count).fill(200));
      expect(site.traffic.outcomes.slice(before.outcomes)).toEqual(Array(expiries).fill('rotated'));
      expect(await counted(site)).toEqual({
        rotations: before.rotations + expiries,
        successors: 1,
      });
    },
  );

  /**
   * The rotations that the server itself has counted, and how many tokens it has given out for the
   * last of them.
   */
  async function counted({ email }: Site): Promise<{ rotations: number; successors: number }> {
    const [row] = await world.database.query<{ rotations: number; successors: number }>(
      `SELECT generation + 1 AS rotations, next_key AS successors FROM sessions JOIN users ON users.id = user_id WHERE email = $1`,
      [email],
    );
    return row!;
  }
});

/** All tabs see their token expire at the same moment, and request at once; so many times. */
async function expireAndRequest(
  site: Site,
  tabs: Tab[],
  times: number,
  requestsPerTab: number,
): Promise<(number | string)[]> {
  const answers: (number | string)[] = [];
  for (let time = 1; time <= times; time++) {
    await site.setClocks(time * LIFETIME_MS);
    answers.push(...(await Promise.all(tabs.map((tab) => tab.requests(requestsPerTab)))).flat());
  }
  return answers;
}
