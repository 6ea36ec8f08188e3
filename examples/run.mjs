/**
 * The packages as a team gets them: packed, and installed into a copy of examples/notes-api, which
 * is compiled, tested and started: by npm, by pnpm, and by npm with the lowest versions that our
 * `peerDependencies` allow. The application of docs/extending.md is compiled and started
 * beside it. examples/orders-service, which has the verifier, is compiled and tested with npm and
 * with pnpm. Needs the builds: npm run examples
 */
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { packInto } from '../pack/archives.mjs';
import { run } from '../pack/run.mjs';
import { withServer } from '../test/support/built-server.mjs';

/** Of the line that supports Node 20. */
const PNPM = 'pnpm@10.34.9';

/** Of the packages of Nest that are no peers of ours, such as the adapter for Express. */
const LOWEST_NEST = '12.0.1';

const ROOT = resolve(import.meta.dirname, '..');
const { peerDependencies, peerDependenciesMeta } = readJson(join(ROOT, 'package.json'));
const PEERS = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);

const work = mkdtempSync(join(tmpdir(), 'evergreen-examples-'));
try {
  await packInto(join(work, 'archives'));
  report('packed');
  // Side by side, since each waits for the network, for PostgreSQL and for servers.
  const tries = await Promise.allSettled([tryWithNpm(), tryWithPnpm(), tryOrdersService()]);
  const failed = tries.filter(({ status }) => status === 'rejected');
  for (const { reason } of failed) console.error(reason);
  process.exitCode = failed.length > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function tryWithNpm() {
  const app = copyExample('notes-api', 'npm');
  addGuide(app);
  await npm(app);
  await test(app);
  await tryServers(app);
  await tryGuide(app);
  await tryProgram(app);
  report('works with npm');

  lowerVersions(app);
  await npm(app);
  await test(app);
  report('works with the lowest versions of the peers');
}

async function tryWithPnpm() {
  const app = copyExample('notes-api', 'pnpm');
  await pnpm(app);
  await test(app);
  await tryServers(app);
  report('works with pnpm');
}

async function tryOrdersService() {
  const withNpm = copyExample('orders-service', 'npm');
  await npm(withNpm);
  await run('npm', ['test'], { cwd: withNpm });
  await trySideCar(withNpm);
  report('orders-service works with npm');

  const withPnpm = copyExample('orders-service', 'pnpm');
  await pnpm(withPnpm);
  await run('npm', ['test'], { cwd: withPnpm });
  report('orders-service works with pnpm');
}

function report(words) {
  console.log(`${String(Math.round(performance.now() / 1000)).padStart(4)} s ${words}`);
}

/** What a checkout in use has beside it, such as installed packages, stays where it is. */
function copyExample(name, installer) {
  const app = join(work, `${name}-${installer}`);
  const example = join(ROOT, 'examples', name);
  for (const entry of ['package.json', 'pnpm-workspace.yaml', 'tsconfig.json', 'src'])
    cpSync(join(example, entry), join(app, entry), { recursive: true });
  cpSync(join(work, 'archives'), join(app, 'archives'), { recursive: true });
  return app;
}

async function npm(app) {
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...quietly], { cwd: app });
}

async function pnpm(app) {
  const options = ['--prefer-offline', '--no-frozen-lockfile', '--reporter=append-only'];
  await run('npx', ['--yes', '--prefer-offline', PNPM, 'install', ...options], { cwd: app });
}

/** Its script compiles it, and runs its tests. */
async function test(app) {
  checkSingleCopies(app);
  await run('npm', ['test'], { cwd: app });
}

async function tryServers(app) {
  const servers = { 'dist/main.js': '/api/notes', 'dist/express/main.js': '/quotes' };
  for (const [main, path] of Object.entries(servers))
    await withServer({ main, folder: app }, (call) => tellStory(call, path));
}

/** What must be there only once is the application's, also where the package looks for it. */
function checkSingleCopies(app) {
  const ours = realpathSync(join(app, 'node_modules/evergreen-auth'));
  for (const peer of PEERS) {
    const own = join(app, 'node_modules', peer);
    if (existsSync(own))
      assert.equal(locate(peer, ours), realpathSync(own), `${peer} is there twice.`);
  }
}

/** As Node looks for a package from a folder. */
function locate(name, folder) {
  const found = join(folder, 'node_modules', name);
  if (existsSync(found)) return realpathSync(found);
  assert.notEqual(folder, dirname(folder), `${name} is nowhere.`);
  return locate(name, dirname(folder));
}

async function tellStory(call, path) {
  const account = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };
  const { access_token: token } = (await call('POST', '/api/auth/register', { body: account }))
    .body;
  const body = { text: 'Water the trees.' };
  assert.equal((await call('POST', path, { body })).body.code, 'token_missing');
  assert.equal((await call('POST', path, { token, body })).status, 201);
  assert.equal((await call('GET', path, { token })).body[0].text, body.text);
}

/** The files of docs/extending.md, which are compiled with the example. */
function addGuide(app) {
  const guide = readFileSync(join(ROOT, 'docs/extending.md'), 'utf8');
  const files = [...guide.matchAll(/```ts\n\/\/ (\S+\.ts)\n([^]*?)```/g)];
  assert.deepEqual(
    files.map(([, name]) => name),
    ['notes.module.ts', 'main.ts'],
  );
  mkdirSync(join(app, 'src/guide'));
  for (const [, name, text] of files) writeFileSync(join(app, 'src/guide', name), text);
}

async function tryGuide(app) {
  await withServer({ main: 'dist/guide/main.js', folder: app }, async (call) => {
    const account = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };
    const { access_token: token, user } = (
      await call('POST', '/api/auth/register', { body: account })
    ).body;
    assert.equal((await call('GET', '/api/notes')).body.code, 'token_missing');
    assert.equal((await call('GET', '/api/notes', { token })).body.owner, user.id);
    assert.equal((await call('GET', '/api/notes/motto')).status, 200);
  });
}

/** The program of the package, as an operator runs it. */
async function tryProgram(app) {
  const evergreen = (...args) => run('npx', ['--no-install', 'evergreen', ...args], { cwd: app });
  assert.match(await evergreen('--help'), /start .*keys:rotate/s);
  assert.match(await evergreen('admin', '--help'), /sessions/);
  assert.match(await evergreen('admin', 'sessions', '--help'), /end-all/);
  assert.match(await evergreen('keys:rotate', 'keys.json'), /^Created /);
  await assert.rejects(evergreen('unknown'));
}

/** The program of the verifier, as an operator runs it. */
async function trySideCar(app) {
  const sideCar = (...args) =>
    run('npx', ['--no-install', 'evergreen-resource', ...args], { cwd: app });
  assert.match(await sideCar('--help'), /EVERGREEN_SERVICE_TOKEN_FILE/);
  await assert.rejects(sideCar(), /EVERGREEN_SERVER \(or --server\) is missing/);
}

function lowerVersions(app) {
  const file = join(app, 'package.json');
  const { dependencies, ...rest } = readJson(file);
  const lowered = Object.entries(dependencies).map(([name, version]) => [
    name,
    lowestOf(name) ?? version,
  ]);
  const manifest = { ...rest, dependencies: Object.fromEntries(lowered) };
  writeFileSync(file, JSON.stringify(manifest));
}

/** `^12.0.1` begins with 12.0.1, and `^0.14.2 || ^0.15.0` with 0.14.2. */
function lowestOf(name) {
  if (PEERS.includes(name)) return /\d+\.\d+\.\d+/.exec(peerDependencies[name])[0];
  return name.startsWith('@nestjs/') ? LOWEST_NEST : undefined;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
