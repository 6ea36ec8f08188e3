import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@evergreen-auth/dev-postgres';
import { TEST_FOLDER, TEST_SECRET, WITHOUT_LIMITS } from './app.js';
import { databaseVariables } from './database.js';

const MAIN = resolve('dist/main.js');
const ADMIN = resolve('dist/admin.command.js');
const READY_WITHIN_MS = 30_000;

/** Processes that a failed test has not stopped; they would prevent Jest from ending. */
const running = new Set<ChildProcess>();
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

export interface ServerProcess {
  readonly url: string;
  readonly log: string;
  /** Sends a signal, for example to pause or resume it. */
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code or the signal that ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/**
 * Starts the built server as a process, and waits until it is ready. It gets only the given
 * variables; limits are off unless these set them.
 */
export async function startServer(
  env: Readonly<Record<string, string>>,
  folder = TEST_FOLDER,
  main = MAIN,
): Promise<ServerProcess> {
  const port = Number(env.PORT ?? (await freePort()));
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { PATH, HOME, PORT: String(port), ...WITHOUT_LIMITS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((done) =>
    child.once('exit', (code, signal) => done(code ?? signal)),
  );
  const url = `http://127.0.0.1:${port}`;

  for (const deadline = Date.now() + READY_WITHIN_MS; !(await isReady(url)); await sleep(50)) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`The server did not become ready:\n${log}`);
  }
  return {
    url,
    get log() {
      return log;
    },
    signal: (name) => void child.kill(name),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Variables for a server on a test's database. */
export function serverEnvironment(databaseUrl: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    ...databaseVariables(databaseUrl),
    JWT_SECRET: TEST_SECRET,
    BCRYPT_COST: '4',
    SHUTDOWN_DRAIN_SECONDS: '0',
  };
}

/** Runs the built command for operators to its end. It gets only the given variables. */
export async function runAdmin(
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [ADMIN, ...args], {
    cwd: TEST_FOLDER,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exitCode = await new Promise<number | null>((done) => child.once('close', done));
  running.delete(child);
  return { exitCode, stdout, stderr };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
