/**
 * The package as it is published, where applications test and run it: a session at the fake server
 * under Jest and Vitest with jsdom and happy-dom, in Node of three versions, and in workerd. What
 * these need is installed by this, from test/environments. Needs the build: npm run environments -w
 * packages/client
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unpackInto } from '../../../test/packages/unpack.mjs';

const PACKAGE = resolve(import.meta.dirname, '..');
const FOLDER = join(PACKAGE, 'test/environments');
const JEST = ['node_modules/jest/bin/jest.js', '--ci', '--env'];
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--environment'];
/** What neither ends nor fails is stopped. */
const LONGEST_MS = 60_000;

install();
const { filename } = unpackInto(FOLDER, PACKAGE);

/** Vitest and jsdom need a newer Node than this repository does. */
const ENVIRONMENTS = [
  ['Node 20.19', 20, ['node.js']],
  ['Node 22', 22, ['node.js']],
  ['Node 24', 24, ['node.js']],
  ['Jest, jsdom', 20, [...JEST, 'jsdom']],
  ['Jest, jsdom with the fetch of Node', 20, [...JEST, 'jest-fixed-jsdom']],
  ['Jest, happy-dom', 20, [...JEST, '@happy-dom/jest-environment']],
  ['Vitest, jsdom', 24, [...VITEST, 'jsdom']],
  ['Vitest, happy-dom', 24, [...VITEST, 'happy-dom']],
  ['workerd', 24, ['workerd.js']],
];

const failed = ENVIRONMENTS.filter(([name, version, args]) => {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync(nodeOf(version), args, {
    cwd: FOLDER,
    encoding: 'utf8',
    timeout: LONGEST_MS,
    env: { ...process.env, NODE_OPTIONS: '--enable-source-maps' },
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${name.padEnd(36)} ${status === 0 ? 'works' : 'FAILS'} ${seconds.padStart(5)} s`);
  if (status !== 0) console.log(stdout + stderr);
  return status !== 0;
});
process.exitCode = failed.length ? 1 : 0;
if (!failed.length) console.log(`${filename} works in ${ENVIRONMENTS.length} environments.`);

/** Unless it is installed: it takes longer than all the rest. */
function install() {
  const [lock, installed] = ['package-lock.json', 'node_modules/.installed.json'];
  const at = (name) => resolve(FOLDER, name);
  if (existsSync(at(installed)) && readFileSync(at(lock)).equals(readFileSync(at(installed))))
    return;
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['ci', ...quietly], { cwd: FOLDER, stdio: 'inherit' });
  copyFileSync(at(lock), at(installed));
}

/** A Node of this version, or the one at hand, where npm has none for this machine. */
function nodeOf(version) {
  const installed = `node_modules/node-${version}-${process.platform}-${process.arch}/bin/node`;
  const node = resolve(FOLDER, installed);
  if (existsSync(node)) return node;
  console.warn(`There is no Node ${version} for this machine: ${process.version} is tried.`);
  return process.execPath;
}
