import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../dist/platform/database/embedded/index.js';

/** Built servers on a PostgreSQL of their own; all of it is gone when `work`, which is given their URLs, has ended. It may look behind them, too. */
export async function withServers(env, work, count = 1) {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-bench-'));
  // PostgreSQL of a run by root is another user, who must pass through here.
  chmodSync(folder, 0o711);
  const dataFolder = join(folder, 'data');
  const postgres = await startEmbeddedPostgres({ dataFolder });
  const servers = [];
  try {
    const shared = {
      NODE_ENV: 'production',
      DATABASE_URL: postgres.url,
      JWT_SECRET: randomBytes(32).toString('hex'),
      LOG_LEVEL: 'error',
      SHUTDOWN_DRAIN_SECONDS: '0',
    };
    for (const name of ['REFRESH', 'UNKNOWN', 'LOGIN', 'LOGIN_NETWORK']) shared[`THROTTLE_${name}_LIMIT`] = '0';
    for (let index = 0; index < count; index++) servers.push(await start({ ...shared, ...env }));
    await work(
      servers.map(({ url }) => url),
      { postgresUrl: postgres.url, serverPids: servers.map(({ pid }) => pid) },
    );
  } finally {
    await Promise.all(servers.map(({ stop }) => stop()));
    await postgres.stop();
    const elsewhere = join(dataFolder, 'postgres-location');
    if (existsSync(elsewhere)) rmSync(readFileSync(elsewhere, 'utf8').trim(), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Calls a route of `/api/auth` with a body; returns the parsed answer. */
export async function post(url, route, body) {
  const answer = await fetch(`${url}/api/auth/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.json();
}

async function start(env) {
  const port = await freePort();
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
  };
  for (let attempt = 0; attempt < 300; attempt++) {
    if ((await fetch(`${url}/health/ready`).catch(() => undefined))?.status === 200) return { url, stop, pid: child.pid };
    await new Promise((later) => setTimeout(later, 50));
  }
  await stop();
  throw new Error('The server did not become ready.');
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => probe.once('listening', listening));
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}
