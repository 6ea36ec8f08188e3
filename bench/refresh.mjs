// How many refreshes one instance and its PostgreSQL carry, and what a refresh costs either: npm run bench:refresh
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import pg from 'pg';
import { post, withServers } from './servers.mjs';

const CLIENTS = 32;
const WARM_UP_MS = 3000;
const MEASURED_MS = 20_000;

await withServers({ BCRYPT_COST: '4' }, async ([url], { postgresUrl, serverPids }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const tokens = [];
  for (let client = 0; client < CLIENTS; client++) tokens.push(await signIn(url));
  await refreshFor(WARM_UP_MS, url, agent, tokens);

  const postgresPids = await backendsOf(postgresUrl);
  const before = { postgres: cpuSeconds(postgresPids), server: cpuSeconds(serverPids) };
  const { count, milliseconds, elapsedMs } = await refreshFor(MEASURED_MS, url, agent, tokens);
  const microseconds = (pids, secondsBefore) => (((cpuSeconds(pids) - secondsBefore) * 1e6) / count).toFixed(0);
  const [postgres, server] = [microseconds(postgresPids, before.postgres), microseconds(serverPids, before.server)];
  const at = (share) => milliseconds[Math.ceil(share * milliseconds.length) - 1].toFixed(1);
  console.log(`${((count / elapsedMs) * 1000).toFixed(0)} refreshes/s of ${CLIENTS} clients, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  console.log(`CPU of one refresh: PostgreSQL ${postgres} µs, server ${server} µs`);
  agent.destroy();
});

async function signIn(url) {
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  return (await post(url, 'register', { email, password: 'violet-Harbor-73-lantern' })).refresh_token;
}

/** Every client refreshes as soon as it has its answer, each time with the token that it got last. */
async function refreshFor(durationMs, url, agent, tokens) {
  const milliseconds = [];
  const begin = performance.now();
  const refreshInTurn = async (client) => {
    while (performance.now() - begin < durationMs) {
      const sent = performance.now();
      tokens[client] = await refresh(url, agent, tokens[client]);
      milliseconds.push(performance.now() - sent);
    }
  };
  await Promise.all(tokens.map((_, client) => refreshInTurn(client)));
  return { count: milliseconds.length, milliseconds: milliseconds.sort((a, b) => a - b), elapsedMs: performance.now() - begin };
}

function refresh(url, agent, token) {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/auth/refresh`, { agent, method: 'POST', headers: { authorization: `Bearer ${token}` } }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => (answer.statusCode === 200 ? resolve(JSON.parse(text).refresh_token) : reject(new Error(text))));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** The processes of PostgreSQL: one for each connection, and those that write in the background. */
async function backendsOf(postgresUrl) {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  const { rows } = await client.query('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
  await client.end();
  return rows.map(({ pid }) => pid);
}

/** User and system time so far; what `/proc` says, so on Linux alone. */
function cpuSeconds(pids) {
  const ticks = (pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return pids.reduce((sum, pid) => sum + ticks(pid), 0) / ticksPerSecond;
}
