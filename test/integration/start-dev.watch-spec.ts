import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@evergreen-auth/dev-postgres';
import { eventually } from '../support/eventually.js';

const COPIED = [
  'dev',
  'dist',
  'packages/protocol',
  'src',
  'nest-cli.json',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const SOURCE = 'src/app.landing.ts';

describe('npm run start:dev', () => {
  let folder: string;
  let watch: ChildProcess;
  let log = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evergreen-watch-'));
    chmodSync(folder, 0o711);
    for (const name of COPIED) cpSync(name, join(folder, name), { recursive: true });
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  });
  afterEach(() => {
    watch.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('restarts the server at a change, keeps PostgreSQL meanwhile, and stops all on a signal', async () => {
    const port = await freePort();
    const { PATH = '', HOME = '' } = process.env;
    watch = spawn(process.execPath, ['dev/watch.mjs'], {
      cwd: folder,
      env: { PATH, HOME, NODE_ENV: 'test', TMPDIR: folder, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [watch.stdout, watch.stderr])
      stream?.on('data', (text: Buffer) => (log += text.toString()));
    const exitCode = new Promise((done) => watch.once('exit', (code) => done(code)));
    const name = async () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        async (response) => ((await response.json()) as { name: string }).name,
        () => undefined,
      );

    await eventually(async () => (await name()) === 'Evergreen', { withinMs: 60_000 });
    const postgres = postmastersIn(folder);
    expect(postgres).toHaveLength(1);

    change((source) => source.replace("name: 'Evergreen'", "name: 'Changed'"));
    await eventually(async () => (await name()) === 'Changed', { withinMs: 30_000 });
    expect(postmastersIn(folder)).toEqual(postgres);

    change((source) => source.replace("name: 'Changed'", 'name: 1'));
    await eventually(() => log.includes('TS2322'), { withinMs: 30_000 });
    expect(await name()).toBe('Changed');

    watch.kill('SIGTERM');
    expect(await exitCode).toBe(0);
    expect(await name()).toBeUndefined();
    expect(postmastersIn(folder)).toEqual([]);
  }, 150_000);

  function change(edit: (source: string) => string): void {
    const file = join(folder, SOURCE);
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
  }
});

/**
 * The ids of servers of PostgreSQL whose data is below this folder. A process that one of them has
 * just started has the same name for a moment, and is none.
 */
function postmastersIn(folder: string): string[] {
  const named = readdirSync('/proc').filter((pid) => {
    const [program = '', ...options] = readProcess(pid, 'cmdline').split('\0');
    return program.endsWith('/postgres') && options.some((option) => option.startsWith(folder));
  });
  return named.filter((pid) => !named.includes(parentOf(pid)));
}

function parentOf(pid: string): string {
  return /^PPid:\t(\d+)$/m.exec(readProcess(pid, 'status'))?.[1] ?? '';
}

/** Empty for what is no process, or has ended. */
function readProcess(pid: string, file: 'cmdline' | 'status'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
