import { signForFloor } from '../servers/floor-token.mjs';
import { get, load } from '../world/load.mjs';
import { inRounds, median, medianRatio, withCpu } from '../world/rounds.mjs';
import { startEvergreen, startFloor, startRoutes } from '../world/servers.mjs';
import { claimsOf, headersOf, mintWith, seedSessions } from '../world/sessions.mjs';

const ROUNDS = 10;
const SLICE = { seconds: 2 };

/**
 * A request with an access token: against the floor, and against the same route without a guard.
 */
export async function measureRequests(postgres) {
  const url = await postgres.createMigrated('requests');
  await seedSessions(url, 1);
  const evergreen = await startEvergreen(url);
  const routes = await startRoutes(url);
  const floor = await startFloor(url);
  try {
    const { access } = mintWith(evergreen.env)(0);
    const ask = ({ url: server, pid }, path, token = access) => {
      const request = get(path, { ...headersOf(0), authorization: `Bearer ${token}` });
      return () => withCpu({ server: pid }, () => load(server, request, SLICE));
    };
    const measures = {
      verify: ask(evergreen, '/api/auth/verify'),
      floor: ask(floor, '/api/auth/verify', signForFloor(claimsOf(access))),
      open: ask(routes, '/bench/open'),
      guarded: ask(routes, '/bench/guarded'),
    };
    for (const measure of Object.values(measures)) await measure();
    return rows(await inRounds(ROUNDS, measures));
  } finally {
    for (const server of [evergreen, routes, floor]) await server.stop();
  }
}

function rows({ verify, floor, open, guarded }) {
  const rates = (results) => results.map(({ perSecond }) => perSecond);
  const cpu = (results) => results.map((result) => result.cpu.server);
  const detail = (results) =>
    `${Math.round(median(rates(results)))}/s, ${Math.round(median(cpu(results)))} µs`;
  return [
    {
      work: "authenticated request (/api/auth/verify) against the floor's",
      aim: { atLeast: 0.5 },
      measured: medianRatio(rates(verify), rates(floor)),
      detail: `Evergreen ${detail(verify)}; floor ${detail(floor)}`,
    },
    {
      work: 'guard, revocation check and renewal, added to a route without them',
      aim: { atMost: 0.25 },
      measured: medianRatio(cpu(guarded), cpu(open)) - 1,
      detail: `guarded ${detail(guarded)}; open ${detail(open)}`,
    },
  ];
}
