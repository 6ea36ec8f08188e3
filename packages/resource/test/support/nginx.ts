import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@evergreen-auth/dev-postgres';
import { eventually } from '../../../../test/support/eventually.js';

const CONFIGURATION = resolve('deploy/nginx/evergreen-resource.conf');

/** Processes that a failed test has not stopped; they would prevent Jest from ending. */
const running = new Set<ChildProcess>();
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

export interface Nginx {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Runs the `nginx` of this machine with our published configuration, except for its addresses, in
 * front of a side-car and of a service.
 */
export async function startNginx(sideCarPort: number, servicePort: number): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-nginx-'));
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), frameFor(folder));
  writeFileSync(
    join(folder, 'evergreen-resource.conf'),
    readFileSync(CONFIGURATION, 'utf8')
      .replace('listen 80;', `listen 127.0.0.1:${port};`)
      .replace('127.0.0.1:9000', `127.0.0.1:${sideCarPort}`)
      .replace('127.0.0.1:8080', `127.0.0.1:${servicePort}`),
  );
  const options = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'errors')];
  const child = spawn('nginx', options, { stdio: ['ignore', 'ignore', 'inherit'] });
  running.add(child);
  const ended = new Promise<never>((_, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`nginx ended with ${code}.`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const isUp = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  await Promise.race([ended, eventually(isUp)]);
  return {
    port,
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended.catch(() => undefined);
      running.delete(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What Debian's package has in /etc/nginx/nginx.conf, as far as it matters. */
function frameFor(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return `daemon off; master_process off; pid ${folder}/pid; events {}
http { access_log off; ${temporary.join(' ')} include ${folder}/evergreen-resource.conf; }`;
}
