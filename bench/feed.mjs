// What listeners of the feed cost an instance, and a snapshot of 490,000 entries while sessions
// end: npm run bench:feed
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startListeners } from './world/feed-listeners.mjs';
import { startPostgres } from './world/postgres.mjs';
import { cpuMicroseconds, residentMiB } from './world/processes.mjs';
import { startEvergreen } from './world/servers.mjs';

const LISTENERS = 1000;
const ENDINGS_A_SECOND = 200;
const SECONDS = 10;
const ENTRIES = 490_000;

/** As a session that ends on another instance. */
const END = `
  WITH ended AS (
    INSERT INTO revocations (transaction_id, session_id, user_id, lowest_epoch, expires_at)
    SELECT pg_current_xact_id()::text::bigint, gen_random_uuid(), gen_random_uuid(), NULL, now() + interval '1 day'
    FROM generate_series(1, $1::int)
  )
  SELECT pg_notify('evergreen_revocations_written', '')`;

const token = randomBytes(32).toString('hex');
const postgres = await startPostgres();
const url = await postgres.createMigrated('feed');
const database = new pg.Client({ connectionString: url });
await database.connect();
const env = { SERVICE_TOKENS: `bench:${token}`, LOG_LEVEL: 'error' };
let notices = 0;
let server = await startEvergreen(url, { env });
try {
  await listenersAndEndings();
  await server.stop();
  await end(ENTRIES);
  server = await startEvergreen(url, { env });
  await largeSnapshot();
} finally {
  await server.stop();
  await database.end();
  await postgres.stop();
}

async function listenersAndEndings() {
  const alone = { cpu: await cpuWhile(endEvenly), idle: await cpuWhile(rest) };
  const before = residentMiB(server.pid);
  const listeners = await startListeners(server.url, token, LISTENERS, 'drain');
  await rest();
  const kib = ((residentMiB(server.pid) - before) * 1024) / LISTENERS;
  const heard = { cpu: await cpuWhile(endEvenly), idle: await cpuWhile(rest) };
  console.log(`${LISTENERS} listeners: ${kib.toFixed(1)} KiB of the instance's memory for each.`);
  console.log(`Share of one processor, without listeners and with them:`);
  console.log(`  nobody ends: ${percent(alone.idle)}, ${percent(heard.idle)}`);
  console.log(
    `  ${ENDINGS_A_SECOND} sessions a second end: ${percent(alone.cpu)}, ${percent(heard.cpu)}`,
  );
  console.log(`  (${notices} notices for twice ${ENDINGS_A_SECOND * SECONDS} sessions)`);
  console.log(
    `${listeners.closed} listeners were cut; resident ${residentMiB(server.pid).toFixed(0)} MiB.`,
  );
  await listeners.stop();
}

/** A receiver that has nothing gets everything, while sessions go on ending. */
async function largeSnapshot() {
  const begin = performance.now();
  const before = residentMiB(server.pid);
  const receiver = fork('bench/servers/feed-receiver.mjs', [server.url, token]);
  const live = once(receiver, 'message').then(([message]) => message);
  let most = before;
  let message;
  while (!message) {
    await end(5);
    most = Math.max(most, residentMiB(server.pid));
    message = await Promise.race([live, pause(20)]);
  }
  console.log(
    `A snapshot of ${ENTRIES} entries: live after ${((performance.now() - begin) / 1000).toFixed(1)} s.`,
  );
  console.log(
    `Resident: instance ${before.toFixed(0)} MiB before, at most ${most.toFixed(0)} MiB meanwhile; receiver ${message.resident.toFixed(0)} MiB.`,
  );
  // What was ended last arrives by a notice, or by the next heartbeat.
  await pause(2000);
  const { rows } = await database.query('SELECT count(*)::int AS count FROM revocations');
  receiver.send('size');
  const [{ size }] = await once(receiver, 'message');
  console.log(`${rows[0].count} rows, of which ${size} have arrived.`);
  receiver.kill();
}

/** The processor time of the instance while something is done, as a share of the duration. */
async function cpuWhile(work) {
  const [beginMs, beginUs] = [performance.now(), cpuMicroseconds(server.pid)];
  await work();
  return (cpuMicroseconds(server.pid) - beginUs) / 1000 / (performance.now() - beginMs);
}

function rest() {
  return pause(SECONDS * 1000);
}

/** As many as are due: in steps of more than one only where the machine is too busy for each. */
async function endEvenly() {
  const begin = performance.now();
  for (let done = 0; done < ENDINGS_A_SECOND * SECONDS;) {
    const due = Math.floor(((performance.now() - begin) * ENDINGS_A_SECOND) / 1000) - done;
    if (due > 0) await end(due);
    else await pause(1);
    done += Math.max(due, 0);
    if (due > 0) notices += 1;
  }
}

function end(count) {
  return database.query(END, [count]);
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}
