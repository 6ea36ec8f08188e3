import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { freePort } from '@evergreen-auth/dev-postgres';

/**
 * Starts a server process and waits until it responds to `GET readyPath`. Only its error output is
 * shown.
 */
export async function startProcess(script, env, { readyPath = '/health/ready', flags = [] } = {}) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...flags, script], {
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
  };
  const url = `http://127.0.0.1:${port}`;
  while (performance.now() - startedAt < 20_000 && child.exitCode === null) {
    const response = await fetch(url + readyPath).catch(() => undefined);
    if (response?.status === 200)
      return { url, pid: child.pid, stop, readyAfterMs: performance.now() - startedAt };
    await new Promise((later) => setTimeout(later, 10));
  }
  await stop();
  throw new Error(`${script} did not become ready.`);
}

/**
 * The processor time of a process and of all processes that it has started, including ended ones;
 * from `/proc`, so only on Linux.
 */
export function cpuMicroseconds(pid) {
  return ticksOfFamily(pid) * MICROSECONDS_PER_TICK;
}

export function residentMiB(pid) {
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

const MICROSECONDS_PER_TICK =
  1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

function ticksOfFamily(pid) {
  const [user, system, ofEndedUser, ofEndedSystem] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .split(') ')[1]
    .split(' ')
    .slice(11, 15)
    .map(Number);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean);
  return children.reduce(
    (sum, child) => sum + ticksOfFamily(child),
    user + system + ofEndedUser + ofEndedSystem,
  );
}
