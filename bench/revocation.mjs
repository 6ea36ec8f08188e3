// How soon a logout on one instance is known to another: npm run bench:revocation
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { startEmbeddedPostgres } from '../dist/platform/database/embedded/index.js';

const LOGOUTS = 1000;
const FIRST_PORT = 18_100;

const folder = mkdtempSync(join(tmpdir(), 'evergreen-bench-'));
chmodSync(folder, 0o711);
const dataFolder = join(folder, 'data');
const postgres = await startEmbeddedPostgres({ dataFolder });
const servers = [];
try {
  const env = {
    DATABASE_URL: postgres.url,
    JWT_SECRET: randomBytes(32).toString('hex'),
    NODE_ENV: 'production',
    BCRYPT_COST: '4',
    LOG_LEVEL: 'error',
    SHUTDOWN_DRAIN_SECONDS: '0',
    THROTTLE_LOGIN_NETWORK_LIMIT: '0',
  };
  const near = await start(FIRST_PORT, env);
  const far = await start(FIRST_PORT + 1, env);
  const milliseconds = [];
  for (let round = 0; round < LOGOUTS; round++) milliseconds.push(await propagation(near, far));
  report(milliseconds.sort((a, b) => a - b));
} finally {
  await Promise.all(servers.map(stop));
  await postgres.stop();
  const elsewhere = join(dataFolder, 'postgres-location');
  if (existsSync(elsewhere)) rmSync(readFileSync(elsewhere, 'utf8').trim(), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** From the answer of the logout on one instance to the first refusal by the other. */
async function propagation(near, far) {
  const { access_token: token } = await post(near, 'register', {
    email: `${randomBytes(8).toString('hex')}@example.com`,
    password: 'violet-Harbor-73-lantern',
  });
  const headers = { authorization: `Bearer ${token}` };
  if ((await fetch(`${far}/api/auth/verify`, { headers })).status !== 200) throw new Error('The token is not taken to begin with.');
  await (await fetch(`${near}/api/auth/logout`, { method: 'POST', headers })).arrayBuffer();
  const begin = performance.now();
  for (;;) {
    const answer = await fetch(`${far}/api/auth/verify`, { headers });
    await answer.arrayBuffer();
    if (answer.status === 401) return performance.now() - begin;
  }
}

async function post(url, route, body) {
  const answer = await fetch(`${url}/api/auth/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.json();
}

async function start(port, env) {
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  servers.push(child);
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 300; attempt++) {
    const ready = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (ready?.status === 200) return url;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error('The server did not become ready.');
}

async function stop(child) {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

function report(sorted) {
  const at = (share) => sorted[Math.ceil(share * sorted.length) - 1].toFixed(2);
  console.log(`${sorted.length} logouts, milliseconds from the answer of one instance to the refusal by the other, a request included:`);
  console.log(`p50 ${at(0.5)}   p99 ${at(0.99)}   maximum ${at(1)}`);
}
