import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { get, load, loadEvenly } from '../world/load.mjs';
import { inRounds, median, medianRatio } from '../world/rounds.mjs';
import { headersOf, mintWith, seedSessions } from '../world/sessions.mjs';

const PASSWORD = 'violet-Harbor-73-lantern';
const ROUNDS = 4;
const SECONDS = 8;

/** More than the queue for hashes holds, so that there is always one to do. */
const CONNECTIONS = 64;

/** Logins that never cease, and what becomes of other requests meanwhile. */
export async function measureLogin({ postgres, startEvergreen }) {
  const url = await postgres.createMigrated('login');
  await seedSessions(url, 1);
  const server = await startEvergreen(url, { THROTTLE_LOGIN_LIMIT: '0', THROTTLE_LOGIN_NETWORK_LIMIT: '0' });
  try {
    await post(server.url, 'register', { email: 'ada@example.com', password: PASSWORD });
    const verify = get('/api/auth/verify', { ...headersOf(0), authorization: `Bearer ${mintWith(server.env)(0).access}` });
    const storm = async () => {
      const [logins, others] = await Promise.all([
        load(server.url, login(), { seconds: SECONDS, connections: CONNECTIONS }),
        loadEvenly(server.url, verify, { seconds: SECONDS, perSecond: 200 }),
      ]);
      return { perSecond: logins.byStatus[200] / SECONDS, shed: logins.byStatus[503] ?? 0, other: logins.byStatus, others };
    };
    await storm();
    const { logins, hashes } = await inRounds(ROUNDS, { logins: storm, hashes: hashRate });
    const rates = (results) => results.map(({ perSecond }) => perSecond);
    const statuses = Object.keys(Object.assign({}, ...logins.map(({ other }) => other))).join(' and ');
    return [
      {
        work: "logins against the hash rate of the server's share of the thread pool",
        aim: { atLeast: 0.95 },
        measured: medianRatio(rates(logins), rates(hashes)),
        detail: `${median(rates(logins)).toFixed(1)} logins/s, ${median(rates(hashes)).toFixed(1)} hashes/s at cost 12; answers ${statuses}, ${median(logins.map(({ shed }) => shed))} of them 503`,
      },
      {
        work: 'other requests while logins saturate the hash queue, p99, ms',
        aim: { atMost: 50 },
        measured: median(logins.map(({ others }) => others.p99)),
        detail: '200 requests/s of /api/auth/verify',
      },
    ];
  } finally {
    await server.stop();
  }
}

function login() {
  const body = JSON.stringify({ email: 'ada@example.com', password: PASSWORD });
  return { method: 'POST', path: '/api/auth/login', headers: { ...headersOf(0), 'content-type': 'application/json' }, body };
}

/** In a process of its own, with as many threads as the server lets hash. */
async function hashRate() {
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/servers/hash-rate.mjs', String(SECONDS)]);
  return { perSecond: Number(stdout) };
}

async function post(url, route, body) {
  const answer = await fetch(`${url}/api/auth/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
}
