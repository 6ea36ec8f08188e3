import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '../../../../../test/support/eventually.js';

const APP = join(__dirname, '../sveltekit');
const READY_WITHIN_MS = 40_000;

/** What a failed test leaves running would keep Jest from ending. */
const running = new Set<ChildProcess>();
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

export interface Pages {
  readonly url: string;
  readonly log: string;
  stop(): Promise<void>;
}

/** The application of SvelteKit in `sveltekit/`, served by Vite, with this server of Evergreen. */
export async function startSveltePages(authUrl: string): Promise<Pages> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['serve.mjs'], {
    cwd: APP,
    env: { PATH, HOME, PUBLIC_AUTH_URL: authUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const address = () => /Listening at (\S+)/.exec(log)?.[1];
  try {
    await eventually(() => !!address() || child.exitCode !== null, { withinMs: READY_WITHIN_MS });
    if (!address()) throw new Error('It has ended.');
  } catch (error) {
    throw new Error(`The pages were not served:\n${log}`, { cause: error });
  }
  return {
    url: address()!,
    get log() {
      return log;
    },
    stop: async () => {
      child.kill();
      await ended;
      running.delete(child);
    },
  };
}
