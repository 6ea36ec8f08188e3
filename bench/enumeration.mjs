// Does the duration of a response show whether an address is registered? npm run bench:enumeration
import { randomBytes } from 'node:crypto';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from 'bcrypt';
import { query, startPostgres } from './world/postgres.mjs';
import { post, startEvergreen } from './world/servers.mjs';

const PAIRS = Number(process.env.PAIRS ?? 400);
const PASSWORD = 'violet-Harbor-73-lantern';
const NEW_PASSWORD = 'copper-Meadow-58-anchor';

const postgres = await startPostgres();
const env = {
  // Elsewhere there is no mail without a server for it.
  NODE_ENV: 'development',
  LOG_LEVEL: 'warn',
  BCRYPT_COST: process.env.BCRYPT_COST ?? '8',
  THROTTLE_LOGIN_LIMIT: '0',
  THROTTLE_LOGIN_NETWORK_LIMIT: '0',
};
const databaseUrl = await postgres.createMigrated('enumeration');
const server = await startEvergreen(databaseUrl, { env });
try {
  const known = unusedAddress();
  await post(server, 'register', { email: known, password: PASSWORD });
  await compare('login with a wrong password', () => known, timeOfLogin);

  for (const [what, hash] of await importedHashes()) {
    const imported = unusedAddress();
    await post(server, 'register', { email: imported, password: PASSWORD });
    const values = [hash, imported];
    await query(databaseUrl, 'UPDATE users SET password_hash = $1 WHERE email = $2', values);
    await compare(`login with a wrong password, ${what}`, () => imported, timeOfLogin);
  }

  // A mail to each address, since one address gets only five an hour.
  const registered = [];
  for (let count = 0; count < PAIRS; count++) {
    const email = unusedAddress();
    await post(server, 'register', { email, password: PASSWORD });
    registered.push(email);
  }
  await compare('forgot-password', (pair) => registered[pair], timeOfForgot);
  // What is done after the response must not delay the next one of the same client.
  await compare(
    'the request after forgot-password',
    (pair) => registered[pair],
    timeOfRequestAfterForgot,
  );
  await compare('reset-password, wrong code', (pair) => registered[pair], timeOfWrongCode);
} finally {
  await server.stop();
  await postgres.stop();
}

/** Of other systems: cheaper than ours. */
async function importedHashes() {
  return [
    ['imported bcrypt at cost 6', await bcrypt(PASSWORD, 6)],
    [
      'imported Argon2id, 4 MiB',
      await argon2(PASSWORD, { memoryCost: 4096, timeCost: 1, parallelism: 1 }),
    ],
  ];
}

/** Both kinds in turn, each first in half of the pairs. */
async function compare(what, registeredAddress, timeOf) {
  const times = { known: [], unknown: [] };
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = pair % 2 ? ['known', 'unknown'] : ['unknown', 'known'];
    for (const kind of order)
      times[kind].push(await timeOf(kind === 'known' ? registeredAddress(pair) : unusedAddress()));
  }
  report(what, times);
}

function unusedAddress() {
  return `${randomBytes(8).toString('hex')}@example.com`;
}

async function timed(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function timeOfLogin(email) {
  return timed(() => post(server, 'login', { email, password: 'not-the-password-1' }));
}

async function timeOfForgot(email) {
  const time = await timed(() => send('forgot-password', { email }));
  await settled();
  return time;
}

async function timeOfRequestAfterForgot(email) {
  await send('forgot-password', { email });
  const time = await timed(() => fetch(`${server.url}/health/ready`).then((r) => r.text()));
  await settled();
  return time;
}

/** Against a proof that is there for a registered address as for an unknown one. */
async function timeOfWrongCode(email) {
  await send('forgot-password', { email });
  await settled();
  return timed(() =>
    send('reset-password', { email, code: '00000000', new_password: NEW_PASSWORD }),
  );
}

/** The work after a response is milliseconds; it must not be part of the next measurement. */
function settled() {
  return new Promise((done) => setTimeout(done, 20));
}

async function send(route, body) {
  const response = await fetch(`${server.url}/api/auth/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status >= 500) throw new Error(`${route}: ${response.status}`);
  return response.text();
}

function report(what, { known, unknown }) {
  const quantile = (values, share) =>
    [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];
  console.log(what);
  for (const [kind, values] of [
    ['registered address', known],
    ['unknown address', unknown],
  ]) {
    const [low, middle, high] = [0.1, 0.5, 0.9].map((share) => quantile(values, share).toFixed(2));
    console.log(`  ${kind.padEnd(20)} p10 ${low} ms   p50 ${middle} ms   p90 ${high} ms`);
  }
  const z = mannWhitney(known, unknown);
  console.log(
    `  Mann-Whitney z = ${z.toFixed(2)}: ${Math.abs(z) < 2.58 ? 'no difference to be seen' : 'THE TIMES DIFFER'} (${PAIRS} pairs, 1 % level)`,
  );
}

/**
 * The normal approximation of the rank sum test: beyond 2.58 either way, two equal distributions
 * come out in 1 of 100 runs.
 */
function mannWhitney(a, b) {
  const ranked = [
    ...a.map((value) => ({ value, isA: true })),
    ...b.map((value) => ({ value, isA: false })),
  ].sort((x, y) => x.value - y.value);
  const rankSum = ranked.reduce((sum, { isA }, index) => sum + (isA ? index + 1 : 0), 0);
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  return (
    (u - (a.length * b.length) / 2) /
    Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12)
  );
}
