import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '@evergreen-auth/dev-postgres';
import { eventually } from './eventually.js';

export interface TestRedis {
  readonly url: string;
  /** Starts it, also after it was killed, on the same port and without data. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Pauses it: it does not respond, and connections stay open, until it is resumed. */
  pause(): void;
  goOn(): void;
  /** Runs a function with a separate connection. */
  ask<Reply>(question: (client: Redis) => Promise<Reply>): Promise<Reply>;
  /** Stops it for good and leaves nothing behind. */
  remove(): Promise<void>;
}

/**
 * The `redis-server` of this machine, with its own port and folder. It is not started yet.
 */
export async function prepareRedis(): Promise<TestRedis> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-redis-'));
  let child: ChildProcess | undefined;
  const ask: TestRedis['ask'] = async (question) => {
    const client = new Redis(port, '127.0.0.1', {
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      disconnectTimeout: 100,
    });
    client.on('error', () => undefined);
    return question(client).finally(() => client.disconnect());
  };
  const isUp = () =>
    ask((client) => client.ping()).then(
      () => true,
      () => false,
    );
  const kill = async () => {
    const running = child;
    child = undefined;
    if (!running) return;
    const ended = new Promise((done) => running.once('exit', done));
    running.kill('SIGKILL');
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    start: async () => {
      const options = [
        '--port',
        port,
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--save',
        '',
        '--appendonly',
        'no',
      ].map(String);
      const started = spawn('redis-server', options, { stdio: 'ignore' });
      const missing = new Promise<never>((_, fail) => started.once('error', fail));
      child = started;
      await Promise.race([missing, eventually(isUp)]);
    },
    kill,
    pause: () => void child?.kill('SIGSTOP'),
    goOn: () => void child?.kill('SIGCONT'),
    ask,
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
