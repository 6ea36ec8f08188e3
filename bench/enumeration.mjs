// Does the duration of a login show whether an address is registered? npm run bench:enumeration
import { randomBytes } from 'node:crypto';
import { startPostgres } from './world/postgres.mjs';
import { post, startEvergreen } from './world/servers.mjs';

const PAIRS = 400;

const postgres = await startPostgres();
const env = { BCRYPT_COST: '8', THROTTLE_LOGIN_LIMIT: '0', THROTTLE_LOGIN_NETWORK_LIMIT: '0' };
const server = await startEvergreen(await postgres.createMigrated('enumeration'), { env });
try {
  const known = unusedAddress();
  await post(server, 'register', { email: known, password: 'violet-Harbor-73-lantern' });
  const times = { known: [], unknown: [] };
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = pair % 2 ? ['known', 'unknown'] : ['unknown', 'known'];
    for (const kind of order)
      times[kind].push(await timeOfLogin(kind === 'known' ? known : unusedAddress()));
  }
  report(times);
} finally {
  await server.stop();
  await postgres.stop();
}

function unusedAddress() {
  return `${randomBytes(8).toString('hex')}@example.com`;
}

async function timeOfLogin(email) {
  const begin = performance.now();
  await post(server, 'login', { email, password: 'not-the-password-1' });
  return performance.now() - begin;
}

function report({ known, unknown }) {
  const quantile = (values, share) =>
    [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];
  for (const [kind, values] of [
    ['registered address, wrong password', known],
    ['unknown address', unknown],
  ]) {
    const [low, middle, high] = [0.1, 0.5, 0.9].map((share) => quantile(values, share).toFixed(2));
    console.log(`${kind.padEnd(36)} p10 ${low} ms   p50 ${middle} ms   p90 ${high} ms`);
  }
  const z = mannWhitney(known, unknown);
  console.log(
    `Mann-Whitney z = ${z.toFixed(2)}: ${Math.abs(z) < 2.58 ? 'no difference to be seen' : 'THE TIMES DIFFER'} (${PAIRS} pairs, 1 % level)`,
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
