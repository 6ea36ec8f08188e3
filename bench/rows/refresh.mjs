import { signForFloor } from '../servers/floor-token.mjs';
import { get, load, loadEvenly, refreshInTurn } from '../world/load.mjs';
import { query } from '../world/postgres.mjs';
import { inRounds, median, medianRatio, withCpu } from '../world/rounds.mjs';
import { startBetterAuth, startEvergreen, startFloor } from '../world/servers.mjs';
import { claimsOf, mintWith, seedSessions } from '../world/sessions.mjs';

/** So many that none is refreshed again within the grace window, as in practice. */
const SESSIONS = 60_000;

const ROUNDS = 8;
const SLICE = { seconds: 3 };

/**
 * Refreshes of Evergreen, of the floor, and better-auth's reading of a session, which writes
 * nothing.
 */
export async function measureRefresh(postgres) {
  const evergreen = await startEvergreen(await sessionsIn(postgres, 'evergreen', SESSIONS));
  const floor = await startFloor(await sessionsIn(postgres, 'floor', SESSIONS));
  const betterAuth = await startBetterAuth(await postgres.createEmpty('better_auth'));
  try {
    const mint = mintWith(evergreen.env);
    const sessions = Array.from({ length: SESSIONS }, (_, number) => ({
      number,
      token: mint(number).refresh,
    }));
    const ofFloor = sessions.map(({ number, token }) => ({
      number,
      token: signForFloor(claimsOf(token)),
    }));
    const requests = {
      evergreen: [evergreen, refreshInTurn(sessions)],
      floor: [floor, refreshInTurn(ofFloor)],
      betterAuth: [
        betterAuth,
        get('/api/auth/get-session', { cookie: await signUp(betterAuth.url) }),
      ],
    };
    const measures = mapValues(requests, ([{ url, pid }, request]) => () => {
      return withCpu({ server: pid, postgres: postgres.pid }, () => load(url, request, SLICE));
    });
    for (const measure of Object.values(measures)) await measure();
    const results = await inRounds(ROUNDS, measures);
    const atHalf = await latenciesAtHalf(requests, results);
    return [...throughput(results, await hotShare(evergreen.env.DATABASE_URL)), ...latency(atHalf)];
  } finally {
    for (const server of [evergreen, floor, betterAuth]) await server.stop();
  }
}

function throughput({ evergreen, floor, betterAuth }, hot) {
  const rates = (results) => results.map(({ perSecond }) => perSecond);
  const detail = (results) => {
    const cpu = (name) => Math.round(median(results.map((result) => result.cpu[name])));
    return `${Math.round(median(rates(results)))}/s; µs: server ${cpu('server')}, PostgreSQL ${cpu('postgres')}, load ${cpu('load')}`;
  };
  return [
    {
      work: 'refresh, throughput against the floor',
      aim: { atLeast: 0.6 },
      measured: medianRatio(rates(evergreen), rates(floor)),
      detail: `Evergreen ${detail(evergreen)}, ${hot}; floor ${detail(floor)}`,
    },
    {
      work: "refresh against better-auth's reading of a session",
      aim: { atLeast: 3 },
      measured: medianRatio(rates(evergreen), rates(betterAuth)),
      detail: `better-auth ${detail(betterAuth)}`,
    },
  ];
}

/** Each at half of its own maximum rate. */
async function latenciesAtHalf({ evergreen, floor }, results) {
  const atHalf = ([{ url }, request], rates) => {
    const perSecond = Math.round(median(rates.map((result) => result.perSecond)) / 2);
    return () => loadEvenly(url, request, { seconds: 2, perSecond });
  };
  return inRounds(12, {
    evergreen: atHalf(evergreen, results.evergreen),
    floor: atHalf(floor, results.floor),
  });
}

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}

function latency({ evergreen, floor }) {
  const p99 = (results) => results.map((result) => result.p99);
  const said = (results) => `${median(p99(results)).toFixed(1)} ms at ${results[0].perSecond}/s`;
  const detail = `Evergreen ${said(evergreen)}, floor ${said(floor)}`;
  return [
    {
      work: 'refresh, p99 at half the maximum load, ms',
      aim: { atMost: 10 },
      measured: median(p99(evergreen)),
      detail,
    },
    {
      work: "refresh, p99 at half the maximum load, against the floor's",
      aim: { atMost: 1.2 },
      measured: median(p99(evergreen)) / median(p99(floor)),
      detail: 'each at half of what it carries itself',
    },
  ];
}

async function hotShare(url) {
  const [{ percent }] = await query(
    url,
    `SELECT round(100.0 * n_tup_hot_upd / n_tup_upd) AS percent FROM pg_stat_user_tables WHERE relname = 'sessions'`,
  );
  return `${percent} % of its updates touch no index`;
}

async function sessionsIn(postgres, name, count) {
  const url = await postgres.createMigrated(name);
  await seedSessions(url, count);
  return url;
}

async function signUp(url) {
  const response = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({
      name: 'Ada',
      email: 'ada@example.com',
      password: 'violet-Harbor-73-lantern',
    }),
  });
  if (!response.ok) throw new Error(`better-auth: ${response.status} ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}
