/**
 * Carries out the guides of docs/guides as a reader would, each in an empty folder: writes its
 * files, runs its commands, compares what they print, and opens its pages in Chromium. Two guides
 * at once. Needs the builds: npm run guides, or npm run guides -- first-react-page
 *
 * It changes three things. The packages of this repository are installed from archives, since they
 * are not published. The ports are free ones, so that guides can run at once and beside a server of
 * the developer's. And the commands that begin several guides alike run once, since they install
 * the server.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { packInto } from '../../pack/archives.mjs';
import { run } from '../../pack/run.mjs';
import { freePort } from '../support/built-server.mjs';
import { Browser } from './browser.mjs';
import { readGuide } from './read-guide.mjs';
import { Terminal } from './terminal.mjs';

const GUIDES = resolve(import.meta.dirname, '../../docs/guides');
const AT_ONCE = 2;

/** These install several hundred megabytes, so they begin first. */
const SLOW = ['expo.md', 'next.md'];

/** Of the server, of Vite, of Next, and of another service. */
const PORTS = /\b(8000|5173|3000|8080)\b/g;

const PACKAGES = [
  '@evergreen-auth/client',
  '@evergreen-auth/dev-postgres',
  '@evergreen-auth/resource',
];

/** npm takes these as its options. */
const QUIETLY = {
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_loglevel: 'error',
  npm_config_update_notifier: 'false',
  NEXT_TELEMETRY_DISABLED: '1',
};

const wanted = process.argv.slice(2);
const guides = readdirSync(GUIDES)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .filter((file) => wanted.length === 0 || wanted.includes(basename(file, '.md')))
  .sort((one, other) => SLOW.includes(other) - SLOW.includes(one));

const work = mkdtempSync(join(tmpdir(), 'evergreen-guides-'));
// Started by root, PostgreSQL runs as another user, who must reach its data.
chmodSync(work, 0o755);
/** The commands that begin a guide → the folder in which they have run. */
const beginnings = new Map();
try {
  const archives = await packed();
  report('packed');
  const failures = await tryAll(archives);
  for (const failure of failures) console.error(`\n${failure}`);
  process.exitCode = failures.length > 0 || guides.length === 0 ? 1 : 0;
} finally {
  // A gigabyte in 200,000 files takes minutes where the disk is busy, and nobody needs to wait for
  // it.
  spawn('rm', ['-rf', work], { detached: true, stdio: 'ignore' }).unref();
}

/** @returns {Promise<Map<string, string>>} the archives by the names of the packages */
async function packed() {
  const paths = await packInto(join(work, 'archives'), PACKAGES);
  return new Map(['evergreen-auth', ...PACKAGES].map((name, index) => [name, paths[index]]));
}

/** @returns {Promise<string[]>} what has failed */
async function tryAll(archives) {
  const queue = [...guides];
  const failures = [];
  const worker = async () => {
    for (let guide = queue.shift(); guide; guide = queue.shift()) {
      const failure = await tryGuide(guide, archives);
      if (failure) failures.push(failure);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failures;
}

/** @returns {Promise<string | undefined>} what has failed, if anything has */
async function tryGuide(guide, archives) {
  const startedAt = performance.now();
  const { markdown, environment } = await withFreePorts(readFileSync(join(GUIDES, guide), 'utf8'));
  const [beginning, ...steps] = readGuide(markdown).map((step) => withArchives(step, archives));
  const browser = new Browser();
  let { line } = beginning;
  let terminal;
  try {
    terminal = new Terminal(await begin(beginning, guide), environment);
    for (const step of steps) {
      ({ line } = step);
      await carryOut(step, guide, terminal, browser);
    }
    report(`${guide} works, in ${Math.round((performance.now() - startedAt) / 1000)} s`);
    return undefined;
  } catch (error) {
    report(`${guide} FAILS`);
    const causes = [error, error.cause].filter(Boolean).map((one) => one.message);
    return [`docs/guides/${guide}:${line}`, ...causes, terminal?.log].join('\n');
  } finally {
    await browser.close();
    await terminal?.close();
  }
}

async function carryOut(step, guide, terminal, browser) {
  switch (step.kind) {
    case 'file':
      return terminal.write(step);
    case 'run':
      return terminal.run(step);
    case 'keep-running':
      return terminal.keepRunning(step);
    case 'browse':
      return browser.carryOut(step);
    default:
      return report(`${guide}:${step.line} is not run here: ${step.script.trim()}`);
  }
}

/**
 * Runs the commands that a guide begins with, in an empty folder, unless another guide has begun
 * with the same.
 *
 * @returns {Promise<string>} the folder in which the guide goes on, of this guide alone
 */
async function begin({ kind, script, line }, guide) {
  if (kind !== 'run') throw new Error(`${guide}:${line}: a guide begins with commands.`);
  if (!beginnings.has(script)) beginnings.set(script, runOnce(script));
  const { folder, goesOnIn } = await beginnings.get(script);
  const copy = join(work, basename(guide, '.md'));
  // As hard links: copies take a quarter of a minute.
  await run('cp', ['-RPl', folder, copy]);
  return join(copy, goesOnIn);
}

async function runOnce(script) {
  const folder = mkdtempSync(join(work, 'beginning-'));
  chmodSync(folder, 0o755);
  const terminal = new Terminal(folder, { ...process.env, ...QUIETLY });
  try {
    await terminal.run({ script });
    report('installed what several guides begin with');
    return { folder, goesOnIn: relative(folder, await terminal.folder()) };
  } finally {
    await terminal.close();
  }
}

/** `npm install evergreen-auth` as it is before anything is published. */
function withArchives(step, archives) {
  if (step.kind !== 'run') return step;
  const script = step.script.replace(/^.*npm install .*$/gm, (command) =>
    command.replace(/(?<= )(@evergreen-auth\/[\w-]+|evergreen-auth)(?= |$)/g, (name) =>
      archives.get(name),
    ),
  );
  return { ...step, script };
}

/** The server listens on `PORT`; all others are told their ports in the guide. */
async function withFreePorts(markdown) {
  const ports = new Map();
  for (const [port] of markdown.matchAll(PORTS))
    if (!ports.has(port)) ports.set(port, String(await freePort()));
  return {
    markdown: markdown.replace(PORTS, (port) => ports.get(port)),
    environment: { ...process.env, ...QUIETLY, PORT: ports.get('8000') },
  };
}

function report(words) {
  console.log(`${String(Math.round(performance.now() / 1000)).padStart(4)} s ${words}`);
}
