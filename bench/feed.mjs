// What listeners of the revocation feed cost, and how soon they know of a logout: npm run bench:feed
import { randomBytes, randomUUID } from 'node:crypto';
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from './world/postgres.mjs';
import { cpuMicroseconds, residentMiB } from './world/processes.mjs';
import { post, startEvergreen } from './world/servers.mjs';

const LISTENERS = 1000;
const FEW = 50;
const LOGOUTS = 200;
const ENTRIES = Number(process.env.ENTRIES ?? 499_000);
const REST_MS = 10_000;

const token = randomBytes(32).toString('hex');
const env = {
  BCRYPT_COST: '4',
  THROTTLE_LOGIN_NETWORK_LIMIT: '0',
  THROTTLE_LOGIN_LIMIT: '0',
  SERVICE_TOKENS: `bench:${token}`,
};

const postgres = await startPostgres();
const url = await postgres.createMigrated('feed');
const database = new pg.Client(url);
await database.connect();
const servers = [await startEvergreen(url, { env }), await startEvergreen(url, { env })];
try {
  await propagation();
  await manyListeners(servers[0]);
  await largeSnapshot(servers[0]);
} finally {
  for (const server of servers) await server.stop();
  await database.end();
  await postgres.stop();
}

/** From the response to a logout to the last of some listeners of both instances. */
async function propagation() {
  const listeners = await listenTo(FEW, servers);
  const milliseconds = [];
  for (let round = 0; round < LOGOUTS; round++) {
    const { session_id, access_token } = await register(servers[0]);
    const known = Promise.all(listeners.map((listener) => listener.hears(session_id)));
    await logOut(servers[round % 2], access_token);
    const begin = performance.now();
    await known;
    milliseconds.push(performance.now() - begin);
  }
  const sorted = milliseconds.sort((a, b) => a - b);
  const at = (share) => sorted[Math.ceil(share * sorted.length) - 1].toFixed(2);
  console.log(
    `${LOGOUTS} logouts, ${FEW} listeners of two instances, ms from the answer to the last one:`,
    `p50 ${at(0.5)}   p99 ${at(0.99)}   maximum ${at(1)}`,
  );
  for (const listener of listeners) listener.close();
}

async function manyListeners(server) {
  await pause(2000);
  const before = residentMiB(server.pid);
  const listeners = await listenTo(LISTENERS - 1, [server]);
  await pause(REST_MS);
  const after = residentMiB(server.pid);
  const cpu = cpuMicroseconds(server.pid);
  await pause(REST_MS);
  const share = (cpuMicroseconds(server.pid) - cpu) / 1000 / REST_MS;
  const { session_id, access_token } = await register(server);
  const known = Promise.all(listeners.map((listener) => listener.hears(session_id)));
  await logOut(server, access_token);
  const begin = performance.now();
  await known;
  console.log(
    `${listeners.length} listeners: ${before.toFixed(0)} MiB before, ${after.toFixed(0)} MiB with them,`,
    `${(((after - before) * 1024) / listeners.length).toFixed(1)} KiB each;`,
    `${(share * 100).toFixed(1)} % of a processor at rest;`,
    `a logout reached all of them in ${(performance.now() - begin).toFixed(1)} ms`,
  );
  for (const listener of listeners) listener.close();
}

/** Sessions go on ending while the snapshot is sent. */
async function largeSnapshot(server) {
  await database.query(
    `INSERT INTO revocations (transaction_id, session_id, user_id, expires_at)
     SELECT pg_current_xact_id()::text::bigint, gen_random_uuid(), gen_random_uuid(), now() + interval '1 day'
     FROM generate_series(1, ${ENTRIES})`,
  );
  while (!(await holdsAll(server))) await pause(500);
  const before = residentMiB(server.pid);
  const begin = performance.now();
  const listener = await listen(server);
  const ended = [];
  while (!listener.isComplete() || ended.length < LOGOUTS) {
    const id = randomUUID();
    await database.query(
      `INSERT INTO revocations (transaction_id, session_id, user_id, expires_at)
       VALUES (pg_current_xact_id()::text::bigint, $1, $1, now() + interval '1 day')`,
      [id],
    );
    ended.push(id);
  }
  const { rows } = await database.query('SELECT session_id AS id FROM revocations');
  await pause(3000);
  const missing = rows.filter(({ id }) => !listener.known.has(id));
  console.log(
    `A snapshot of ${ENTRIES} entries: ${(listener.completeAfter() - begin).toFixed(0)} ms,`,
    `${(listener.bytes() / 2 ** 20).toFixed(1)} MiB; ${ended.length} sessions ended meanwhile;`,
    `${missing.length} are missing; ${before.toFixed(0)} MiB before, ${residentMiB(server.pid).toFixed(0)} MiB after it`,
  );
  listener.close();
}

/** The feed is live again, too, so that it accepts listeners. */
async function holdsAll({ url: server }) {
  const metrics = await (await fetch(`${server}/metrics`)).text();
  const [, count] = /^evergreen_revocations_in_memory (\d+)/m.exec(metrics) ?? [];
  return Number(count) >= ENTRIES && metrics.includes('feed_state{state="live"} 1');
}

async function listenTo(count, from) {
  const listeners = [];
  for (let index = 0; index < count; index++)
    listeners.push(await listen(from[index % from.length]));
  return listeners;
}

/** Keeps the ids that it is told; the parser is as simple as the bench allows. */
async function listen(server) {
  const known = new Set();
  const waiting = new Map();
  let [bytes, completeAt, rest] = [0, 0, ''];
  const headers = { authorization: `Bearer ${token}` };
  const response = await new Promise((resolve) =>
    get(`${server.url}/api/feed/revocations`, { headers, agent: false }, resolve),
  );
  if (response.statusCode !== 200) throw new Error(`The feed responds ${response.statusCode}.`);
  response.setEncoding('utf8').on('error', () => undefined);
  response.on('data', (text) => {
    bytes += text.length;
    const events = (rest + text).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      if (event.startsWith('event: proof')) completeAt ||= performance.now();
      for (const [, id] of event.matchAll(/"id":"([^"]+)"/g)) {
        known.add(id);
        waiting.get(id)?.();
      }
    }
  });
  return {
    known,
    bytes: () => bytes,
    isComplete: () => completeAt > 0,
    completeAfter: () => completeAt,
    hears: (id) => new Promise((heard) => waiting.set(id, heard)),
    close: () => response.destroy(),
  };
}

function register(server) {
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  return post(server, 'register', { email, password: 'violet-Harbor-73-lantern' });
}

async function logOut(server, accessToken) {
  const headers = { authorization: `Bearer ${accessToken}` };
  await (await fetch(`${server.url}/api/auth/logout`, { method: 'POST', headers })).arrayBuffer();
}
