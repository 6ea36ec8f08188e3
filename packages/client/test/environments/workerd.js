/** In workerd, the runtime of Cloudflare's workers: requests one after the other, and at once. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import workerd from 'workerd';
import { CREDENTIALS, equal } from './session.js';

/** The worker's access tokens live for 2 seconds. */
const UNTIL_EXPIRY_MS = 2_500;
const BUYER = { buyer: CREDENTIALS.email };

await build({
  entryPoints: ['worker.js'],
  bundle: true,
  format: 'esm',
  outfile: 'node_modules/.worker.js',
});
const server = spawn(workerd.default, ['serve', 'worker.capnp', '--control-fd=3'], {
  stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
});
try {
  const port = await portOf(server);
  const ask = async (path) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.json();
  };
  await ask('/session');
  await ask('/login');
  equal('the answer to a second request', await ask('/orders'), BUYER);
  await sleep(UNTIL_EXPIRY_MS);
  const answers = await Promise.all([ask('/orders'), ask('/orders')]);
  equal('the answers after the expiry', answers, [BUYER, BUYER]);
  equal('the answer to a later request', await ask('/orders'), BUYER);
  equal('what is left', await ask('/logout'), { refreshes: 1, sessions: 0 });
} finally {
  server.kill();
}

/** Where it listens, as it says itself. */
function portOf({ stdio }) {
  return new Promise((resolve, reject) => {
    stdio[3].once('data', (line) => resolve(JSON.parse(line).port));
    stdio[3].once('end', () => reject(new Error('workerd has ended.')));
  });
}
