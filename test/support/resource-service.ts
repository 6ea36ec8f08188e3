import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a service says of itself. */
export interface ServiceStatus {
  readonly state: 'loading' | 'live' | 'stale';
  /** How often it has asked the server for a token. */
  readonly checks: number;
  /** How often it was told of the end of each session. */
  readonly ended: Readonly<Record<string, number>>;
}

/** Another service, in a process of its own, that verifies the tokens of a server. */
export interface ResourceService {
  /** `GET /orders` needs an access token. */
  readonly url: string;
  readonly log: string;
  status(): Promise<ServiceStatus>;
  /** Sends a signal, for example to pause or resume it. */
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Processes that a failed test has not stopped; they would prevent Jest from ending. */
const running = new Set<ChildProcess>();
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

/** Starts one with the built package, and waits until its feed is live. */
export async function startResourceService(
  server: string,
  serviceToken: string,
): Promise<ResourceService> {
  const child = fork('test/support/resource-service.mjs', {
    env: { PATH: process.env.PATH, SERVER: server, SERVICE_TOKEN: serviceToken },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running.add(child);
  const exited = once(child, 'exit').then(() => running.delete(child));
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const started = await Promise.race([once(child, 'message') as Promise<[string]>, exited]);
  if (typeof started === 'boolean') throw new Error(`The service did not start:\n${log}`);
  const [url] = started;
  return {
    url,
    get log() {
      return log;
    },
    status: async () => (await fetch(`${url}/status`)).json() as Promise<ServiceStatus>,
    signal: (name) => void child.kill(name),
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
