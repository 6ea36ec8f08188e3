import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@evergreen-auth/dev-postgres';
import { eventually } from './eventually.js';

const CONFIGURATION = 'deploy/prometheus';

export interface AlertRule {
  readonly name: string;
  readonly query: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface TestPrometheus {
  /** How many series of an instant query have a value. */
  count(query: string): Promise<number>;
  alertRules(): Promise<readonly AlertRule[]>;
  stop(): Promise<void>;
}

/**
 * Runs the `prometheus` of this machine with our published configuration, except that it scrapes
 * only these targets, every second.
 */
export async function startPrometheus(targets: readonly string[]): Promise<TestPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-prometheus-'));
  cpSync(CONFIGURATION, folder, { recursive: true });
  const file = join(folder, 'prometheus.yml');
  const configuration = readFileSync(file, 'utf8')
    .replaceAll('15s', '1s')
    .replace("'server:9464'", targets.join(', '));
  writeFileSync(file, configuration);

  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
  const missing = new Promise<never>((_, fail) => child.once('error', fail));
  const ended = new Promise((done) => child.once('exit', done));

  const isReady = () =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  const ask = async <Data>(path: string): Promise<Data> => {
    const response = await fetch(`http://${address}/api/v1/${path}`);
    const { data, error } = (await response.json()) as { data: Data; error?: string };
    if (error !== undefined) throw new Error(`${path}: ${error}`);
    return data;
  };

  await Promise.race([missing, eventually(isReady, { withinMs: 30_000 })]);
  return {
    count: async (query) => {
      const { result } = await ask<{ result: { value: [number, string] }[] }>(
        `query?${new URLSearchParams({ query }).toString()}`,
      );
      return result.filter(({ value: [, value] }) => value !== 'NaN').length;
    },
    alertRules: async () => {
      const { groups } = await ask<{ groups: { rules: AlertRule[] }[] }>('rules?type=alert');
      return groups.flatMap(({ rules }) => rules);
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs `promtool`; throws its output if it fails. */
export async function promtool(...args: string[]): Promise<void> {
  await promisify(execFile)('promtool', args, { cwd: CONFIGURATION });
}
