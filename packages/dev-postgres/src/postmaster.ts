import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { programEnvironment, programIn } from './binaries.js';
import { freePort } from './free-port.js';
import type { Location } from './location.js';
import { isAlive, readCommandLine, signal } from './processes.js';
import type { ServerLog } from './server-log.js';

/** PostgreSQL's main process. */
export interface Postmaster {
  readonly pid: number;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Whether it takes connections: not yet while it starts, no more while it stops. */
  readonly isReady: boolean;
}

const pollMilliseconds = 5;
const claimWithinMilliseconds = 10_000;

/**
 * The living postmaster of this cluster, whoever started it. A `postmaster.pid` that its server did
 * not live to remove is no proof.
 */
export async function findPostmaster(clusterFolder: string): Promise<Postmaster | undefined> {
  const recorded = await readPidFile(clusterFolder);
  return recorded && (await isPostmaster(recorded.pid, clusterFolder)) ? recorded : undefined;
}

/**
 * Starts a postmaster on a free port and returns as soon as it has claimed the cluster, or has
 * given up: `findPostmaster` tells. It outlives this process, and Ctrl-C in the terminal does not
 * reach it. What it has to say goes to the log.
 */
export async function launchPostmaster(location: Location, log: ServerLog): Promise<ChildProcess> {
  const output = await log.open();
  try {
    // A launch that finds the port taken fails, and is repeated with another.
    const child = spawn(
      programIn(location.binariesFolder, 'postgres'),
      settings(location, await freePort()),
      {
        ...location.user,
        cwd: '/',
        env: await environment(location.clusterFolder),
        // A group of its own, out of reach of the terminal's signals; a file rather than a pipe,
        // which would break when this process dies.
        detached: true,
        stdio: ['ignore', output.fd, output.fd],
      },
    );
    await once(child, 'spawn');
    child.unref();
    const until = Date.now() + claimWithinMilliseconds;
    while (
      isRunning(child) &&
      Date.now() < until &&
      !(await findPostmaster(location.clusterFolder))
    )
      await sleep(pollMilliseconds);
    return child;
  } finally {
    await output.close();
  }
}

/** Whether a child process of ours has not ended. */
export function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/**
 * Ends the postmaster and with it every connection; nothing that was committed is lost. Returns
 * when it is gone, as it may be already.
 */
export async function shutDownPostmaster(pid: number, clusterFolder: string): Promise<void> {
  if (await endsBy('SIGINT', 10_000, pid, clusterFolder)) return;
  if (await endsBy('SIGQUIT', 10_000, pid, clusterFolder)) return;
  throw new Error(`PostgreSQL (process ${pid}) does not stop.`);
}

/**
 * By its lines: process, data folder, time of start, port, socket folder, address, shared memory,
 * status.
 */
async function readPidFile(clusterFolder: string): Promise<Postmaster | undefined> {
  const lines = (
    await readFile(join(clusterFolder, 'postmaster.pid'), 'utf8').catch(() => '')
  ).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port, isReady: lines[7]?.trim() === 'ready' } : undefined;
}

/**
 * Numbers of processes are used again, after a restart of a container even at once: only the
 * command line tells who it is.
 */
async function isPostmaster(pid: number, clusterFolder: string): Promise<boolean> {
  if (process.platform === 'win32') return isAlive(pid);
  return `${await readCommandLine(pid)} `.includes(` -D ${clusterFolder} `);
}

function settings({ clusterFolder }: Location, port: number): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Reads happen where they are asked for: no idle helper processes for a database of this size.
    io_method: 'sync',
  };
  return [
    '-D',
    clusterFolder,
    ...Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

async function environment(clusterFolder: string): Promise<NodeJS.ProcessEnv | undefined> {
  const stale = await readPidFile(clusterFolder);
  if (!stale || !programEnvironment) return programEnvironment;
  // Where the recorded number belongs to another process by now, PostgreSQL would take that for a
  // server and refuse. By this variable (pg_ctl uses it too) it learns better, and still checks
  // that no backend of the dead server is alive, which deleting the file would prevent.
  return { ...programEnvironment, PG_GRANDPARENT_PID: String(stale.pid) };
}

async function endsBy(
  name: NodeJS.Signals,
  patienceMilliseconds: number,
  pid: number,
  clusterFolder: string,
): Promise<boolean> {
  const until = Date.now() + patienceMilliseconds;
  let isSent = false;
  while (await isPostmaster(pid, clusterFolder)) {
    if (Date.now() > until) return false;
    isSent ||= signal(pid, name);
    await sleep(pollMilliseconds);
  }
  return true;
}
