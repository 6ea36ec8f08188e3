// How soon a logout on one instance is known to another, and to other services:
// npm run bench:revocation. With --json it prints its numbers alone, as JSON.
import { randomBytes } from 'node:crypto';
import { nowMs, startListeners } from './world/feed-listeners.mjs';
import { startPostgres } from './world/postgres.mjs';
import { post, startEvergreen } from './world/servers.mjs';

const LOGOUTS = 1000;
const LISTENERS_OF_EACH = 25;
const LOGOUTS_WITH_LISTENERS = 200;

const token = randomBytes(32).toString('hex');
const postgres = await startPostgres();
const url = await postgres.createMigrated('revocation');
const env = {
  BCRYPT_COST: '4',
  THROTTLE_LOGIN_NETWORK_LIMIT: '0',
  SERVICE_TOKENS: `bench:${token}`,
};
const servers = [await startEvergreen(url, { env }), await startEvergreen(url, { env })];
const listeners = [];
const rows = [];
try {
  note(
    'the other instance refuses the access token, a request included',
    await repeat(LOGOUTS, () => untilRefused(...servers)),
  );
  for (const server of servers)
    listeners.push(await startListeners(server.url, token, LISTENERS_OF_EACH));
  note(
    `the last of ${listeners.length * LISTENERS_OF_EACH} listeners of two instances knows it`,
    await repeat(LOGOUTS_WITH_LISTENERS, () => untilReceived(servers[0])),
  );
} finally {
  for (const one of [...listeners, ...servers]) await one.stop();
  await postgres.stop();
}
console.log(process.argv.includes('--json') ? JSON.stringify(rows) : rows.map(inWords).join('\n'));

/** From the response to the logout on one instance to the first rejection by the other. */
async function untilRefused(near, far) {
  const { token: accessToken } = await signIn(near);
  const headers = { authorization: `Bearer ${accessToken}` };
  if ((await fetch(`${far.url}/api/auth/verify`, { headers })).status !== 200)
    throw new Error('The token is not taken to begin with.');
  const begin = await logout(near, accessToken);
  for (;;) {
    const answer = await fetch(`${far.url}/api/auth/verify`, { headers });
    await answer.arrayBuffer();
    if (answer.status === 401) return nowMs() - begin;
  }
}

/** From the response to the logout to the last listener; below 0 if all were faster than it. */
async function untilReceived(near) {
  const { token: accessToken, session } = await signIn(near);
  const begin = await logout(near, accessToken);
  const received = await Promise.all(listeners.map((process) => process.lastReceived(session)));
  return Math.max(...received) - begin;
}

async function signIn(server) {
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  const body = await post(server, 'register', { email, password: 'violet-Harbor-73-lantern' });
  return { token: body.access_token, session: body.session_id };
}

/** When its response was received. */
async function logout(server, accessToken) {
  const headers = { authorization: `Bearer ${accessToken}` };
  await (await fetch(`${server.url}/api/auth/logout`, { method: 'POST', headers })).arrayBuffer();
  return nowMs();
}

async function repeat(times, measure) {
  const milliseconds = [];
  while (milliseconds.length < times) milliseconds.push(await measure());
  return milliseconds.sort((a, b) => a - b);
}

function note(until, sorted) {
  const at = (share) => round(sorted[Math.ceil(share * sorted.length) - 1]);
  rows.push({ until, count: sorted.length, p50: at(0.5), p99: at(0.99), maximum: at(1) });
}

function inWords({ until, count, p50, p99, maximum }) {
  return `${count} logouts, milliseconds from the response of one instance until ${until}:
p50 ${p50}   p99 ${p99}   maximum ${maximum}`;
}

function round(milliseconds) {
  return Math.round(milliseconds * 100) / 100;
}
