import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@evergreen-auth/dev-postgres';
import { eventually } from './eventually.js';

const CONFIGURATION = 'deploy/haproxy/haproxy.cfg';

/** Processes that a failed test has not stopped; they would prevent Jest from ending. */
const running = new Set<ChildProcess>();
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

/** HAProxy's state of one instance. */
interface BackendStatus {
  readonly isUp: boolean;
  readonly requests: number;
  /** How often it was found not to be ready. */
  readonly timesDown: number;
}

export interface HaProxy {
  readonly url: string;
  /** The instances, in the order of their ports. */
  status(): Promise<BackendStatus[]>;
  stop(): Promise<void>;
}

export interface HaProxyOptions {
  /** A free one by default. */
  readonly publicPort?: number;
  /** A file with a certificate and its key. Without one, clients call it by plain HTTP. */
  readonly certificate?: string;
  /**
   * If true, clients call the API below `/accounts`, and the instances see neither this path nor
   * the host that was called.
   */
  readonly isBelowPath?: boolean;
}

/**
 * Runs the `haproxy` of this machine in front of instances on these ports, at most four, with our
 * published configuration except for addresses and TLS.
 */
export async function startHaProxy(
  ports: readonly number[],
  { publicPort: wanted, certificate, isBelowPath = false }: HaProxyOptions = {},
): Promise<HaProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-haproxy-'));
  const [publicPort, statusPort] = [wanted ?? (await freePort()), await freePort()];
  const file = join(folder, 'haproxy.cfg');
  const tls = certificate === undefined ? '' : ` ssl crt ${certificate} alpn h2,http/1.1`;
  const published = readFileSync(CONFIGURATION, 'utf8')
    .replace(/bind :443 .*/, `bind 127.0.0.1:${publicPort}${tls}`)
    .replace('127.0.0.1:8404', `127.0.0.1:${statusPort}`)
    .replace(/ +server evergreen-(\d) .*\n/g, (_line, place: string) => {
      const port = ports[Number(place) - 1];
      return port === undefined ? '' : `    server evergreen-${place} 127.0.0.1:${port}\n`;
    });
  writeFileSync(file, isBelowPath ? belowPath(published) : published);
  const child = spawn('haproxy', ['-f', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  running.add(child);
  const ended = new Promise<never>((_, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`haproxy ended with ${code}.`)));
  });
  const status = async () =>
    statusOf(await (await fetch(`http://127.0.0.1:${statusPort}/;csv`)).text());
  const isUp = () =>
    status().then(
      (backends) => backends.length === ports.length && backends.every((backend) => backend.isUp),
      () => false,
    );
  await Promise.race([ended, eventually(isUp, { withinMs: 30_000 })]);
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${publicPort}`,
    status,
    stop: async () => {
      child.kill('SIGTERM');
      await ended.catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Uncomments the line that removes a path, and changes the host, as a proxy before a proxy does.
 */
function belowPath(configuration: string): string {
  return configuration.replace(
    '# http-request replace-path',
    'http-request set-header Host evergreen.internal:8000\n    http-request replace-path',
  );
}

function statusOf(csv: string): BackendStatus[] {
  const [names = [], ...rows] = csv
    .replace(/^# /, '')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return rows
    .map((row) => Object.fromEntries(names.map((name, column) => [name, row[column]])))
    .filter(({ pxname, svname }) => pxname === 'evergreen' && svname !== 'BACKEND')
    .map(({ status, stot, chkdown }) => ({
      isUp: status === 'UP',
      requests: Number(stot),
      timesDown: Number(chkdown),
    }));
}
