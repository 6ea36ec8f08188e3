/**
 * The built server under each version of Node that it supports: the oldest that `engines` allows,
 * and the latest of each later line. A user registers, signs in, refreshes and signs out, so bcrypt
 * and the driver of PostgreSQL have loaded and worked. The versions are installed by this, from
 * npm: npm run nodes
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { withServer } from '../support/built-server.mjs';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const LINES = ['20', '22', '24'];

install();
const versions = LINES.map(nodeOf).filter((node) => node !== undefined);
if (versions.length > 0) checkOldest(versions[0].version);
else console.warn(`npm has no Node for this machine: none but ${process.version} is tried.`);

const nodes = versions.length > 0 ? versions : [{ node: process.execPath, ...process }];
const failed = [];
for (const { node, version } of nodes) {
  const startedAt = performance.now();
  const error = await tryOut(node).catch((thrown) => thrown);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`Node ${version.padEnd(10)} ${error ? 'FAILS' : 'works'} ${seconds.padStart(5)} s`);
  if (error) console.log(error);
  if (error) failed.push(version);
}
process.exitCode = failed.length > 0 ? 1 : 0;

/** Unless it is installed. */
function install() {
  const at = (name) => resolve(import.meta.dirname, name);
  const [lock, installed] = [at('package-lock.json'), at('node_modules/.installed.json')];
  if (existsSync(installed) && readFileSync(lock).equals(readFileSync(installed))) return;
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['ci', ...quietly], { cwd: import.meta.dirname, stdio: 'inherit' });
  copyFileSync(lock, installed);
}

/** Undefined where npm has none for this machine. */
function nodeOf(line) {
  const folder = `node_modules/node-${line}-${process.platform}-${process.arch}`;
  const node = resolve(import.meta.dirname, folder, 'bin/node');
  if (!existsSync(node)) return undefined;
  return { node, version: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() };
}

/** What `engines` promises is what is tried. */
function checkOldest(version) {
  const { engines } = JSON.parse(readFileSync(resolve(MAIN, '../../package.json'), 'utf8'));
  assert.equal(`${engines.node}.0`, version.replace('v', '>='));
}

async function tryOut(node) {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-nodes-'));
  try {
    const log = await withServer({ node, main: MAIN, folder }, tellStory);
    // Of Node, such as of what a later version will not have any more.
    assert.doesNotMatch(log, /Warning:/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function tellStory(call) {
  const account = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };
  assert.equal((await call('POST', '/api/auth/register', { body: account })).status, 201);
  const wrong = { ...account, password: 'not-the-password' };
  const refused = await call('POST', '/api/auth/login', { body: wrong });
  assert.equal(refused.body.code, 'invalid_credentials');
  const { refresh_token } = (await call('POST', '/api/auth/login', { body: account })).body;
  const refreshed = await call('POST', '/api/auth/refresh', { token: refresh_token });
  assert.equal(refreshed.status, 200);
  const token = refreshed.body.access_token;
  assert.equal((await call('GET', '/api/auth/me', { token })).body.email, account.email);
  assert.equal((await call('POST', '/api/auth/logout', { token })).status, 204);
  assert.equal((await call('GET', '/api/auth/me', { token })).body.code, 'session_revoked');
}
