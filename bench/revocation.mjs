// How soon a logout on one instance is known to another: npm run bench:revocation
import { randomBytes } from 'node:crypto';
import { startPostgres } from './world/postgres.mjs';
import { post, startEvergreen } from './world/servers.mjs';

const LOGOUTS = 1000;

const postgres = await startPostgres();
const url = await postgres.createMigrated('revocation');
const env = { BCRYPT_COST: '4', THROTTLE_LOGIN_NETWORK_LIMIT: '0' };
const servers = [await startEvergreen(url, { env }), await startEvergreen(url, { env })];
try {
  const milliseconds = [];
  for (let round = 0; round < LOGOUTS; round++) milliseconds.push(await propagation(...servers));
  report(milliseconds.sort((a, b) => a - b));
} finally {
  for (const server of servers) await server.stop();
  await postgres.stop();
}

/** From the response to the logout on one instance to the first rejection by the other. */
async function propagation(near, far) {
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  const { access_token: token } = await post(near, 'register', {
    email,
    password: 'violet-Harbor-73-lantern',
  });
  const headers = { authorization: `Bearer ${token}` };
  if ((await fetch(`${far.url}/api/auth/verify`, { headers })).status !== 200)
    throw new Error('The token is not taken to begin with.');
  await (await fetch(`${near.url}/api/auth/logout`, { method: 'POST', headers })).arrayBuffer();
  const begin = performance.now();
  for (;;) {
    const answer = await fetch(`${far.url}/api/auth/verify`, { headers });
    await answer.arrayBuffer();
    if (answer.status === 401) return performance.now() - begin;
  }
}

function report(sorted) {
  const at = (share) => sorted[Math.ceil(share * sorted.length) - 1].toFixed(2);
  console.log(
    `${sorted.length} logouts, milliseconds from the answer of one instance to the refusal by the other, a request included:`,
  );
  console.log(`p50 ${at(0.5)}   p99 ${at(0.99)}   maximum ${at(1)}`);
}
