import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { get, load, loadEvenly } from '../world/load.mjs';
import { inRounds, median, medianRatio } from '../world/rounds.mjs';
import { post, startEvergreen } from '../world/servers.mjs';
import { headersOf, mintWith, seedSessions } from '../world/sessions.mjs';

const ADA = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };
const ROUNDS = 5;

const LOGINS = 48;

/** Enough that no thread waits for the next login. */
const CLIENTS = 6;

/**
 * A queue that is nearly full. A further client would be rejected at once and retry at once, and
 * the measurement would count that.
 */
const STORM = { seconds: 8, connections: 32 };

/** Continuous logins, and other requests meanwhile. */
export async function measureLogin(postgres) {
  const url = await postgres.createMigrated('login');
  await seedSessions(url, 1);
  const server = await startEvergreen(url, {
    env: { THROTTLE_LOGIN_LIMIT: '0', THROTTLE_LOGIN_NETWORK_LIMIT: '0' },
  });
  try {
    await post(server, 'register', ADA);
    const verify = get('/api/auth/verify', {
      ...headersOf(0),
      authorization: `Bearer ${mintWith(server.env)(0).access}`,
    });
    const logins = () => loginRate(server);
    const others = async () => {
      const everySecond = { seconds: STORM.seconds, perSecond: 200 };
      const [other] = await Promise.all([
        loadEvenly(server.url, verify, everySecond),
        load(server.url, login(), STORM),
      ]);
      // After all that are still waiting.
      await post(server, 'login', ADA);
      return other;
    };
    await logins();
    return rows(await inRounds(ROUNDS, { logins, hashes: hashRate, others }));
  } finally {
    await server.stop();
  }
}

function rows({ logins, hashes, others }) {
  return [
    {
      work: "logins against the hash rate of the server's share of the thread pool",
      aim: { atLeast: 0.95 },
      measured: medianRatio(logins, hashes),
      detail: `${median(logins).toFixed(1)} logins/s, ${median(hashes).toFixed(1)} hashes/s at cost 12`,
    },
    {
      work: 'other requests while logins saturate the hash queue, p99, ms',
      aim: { atMost: 50 },
      measured: median(others.map(({ p99 }) => p99)),
      detail: `200/s of /api/auth/verify; p50 ${median(others.map(({ p50 }) => p50)).toFixed(1)} ms`,
    },
  ];
}

function login() {
  const headers = { ...headersOf(0), 'content-type': 'application/json' };
  return { method: 'POST', path: '/api/auth/login', headers, body: JSON.stringify(ADA) };
}

/** By hand, as the hashes are counted: autocannon ends with a whole second. */
async function loginRate(server) {
  const begin = performance.now();
  let begun = 0;
  const signIn = async () => {
    while (begun++ < LOGINS) await post(server, 'login', ADA);
  };
  await Promise.all(Array.from({ length: CLIENTS }, signIn));
  return (LOGINS * 1000) / (performance.now() - begin);
}

/** A second, in a process of its own. */
async function hashRate() {
  const { stdout } = await promisify(execFile)(process.execPath, [
    'bench/servers/hash-rate.mjs',
    String(LOGINS),
  ]);
  return Number(stdout);
}
