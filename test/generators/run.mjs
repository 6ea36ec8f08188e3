/**
 * What linters and generators make of the OpenAPI document of a running server: Redocly finds no
 * fault in it, and the clients that three generators write from it compile and work with that
 * server. What this needs is installed into its own folder. Needs the build: npm run generators
 */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const FOLDER = import.meta.dirname;
const DOCUMENT = 'generated/openapi.json';
const CLIENTS = ['openapi-typescript', 'hey-api', 'orval'];
/** What neither ends nor fails is stopped. */
const LONGEST_MS = 60_000;

const run = promisify(execFile);
let failures = 0;

install();
rmSync(at('generated'), { recursive: true, force: true });
mkdirSync(at('generated'));
const server = await startServer();
try {
  await writeDocument(server.url);
  await step('Redocly', process.execPath, [
    'node_modules/@redocly/cli/bin/cli.js',
    'lint',
    DOCUMENT,
    '--config=redocly/redocly.yaml',
  ]);
  await generate();
  await step('TypeScript', process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.']);
  await bundle();
  for (const client of CLIENTS)
    await step(`Client of ${client}`, process.execPath, [`generated/${client}.mjs`]);
} finally {
  await server.stop();
}
process.exitCode = failures ? 1 : 0;

/** Unless it is installed: it takes longer than all the rest. */
function install() {
  const [lock, installed] = [at('package-lock.json'), at('node_modules/.installed.json')];
  if (existsSync(installed) && readFileSync(lock).equals(readFileSync(installed))) return;
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['ci', ...quietly], { cwd: FOLDER, stdio: 'inherit' });
  copyFileSync(lock, installed);
}

/** With the routes of operators and of other services, so that the document has every route. */
async function startServer() {
  const { createApp, loadConfig, provideForDevelopment, readEnvironment } =
    await import('../../dist/index.js');
  const { PATH, HOME } = process.env;
  const ADMIN_TOKEN = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';
  const tokens = { ADMIN_TOKEN, SERVICE_TOKENS: 'orders:9d41f0b7c26e5a83d1f7049be8c35a62' };
  const given = { PATH, HOME, NODE_ENV: 'test', LOG_LEVEL: 'silent', ...tokens };
  const { environment, stop } = await provideForDevelopment(readEnvironment(given, FOLDER));
  const app = await createApp(loadConfig(environment));
  await app.listen(0, '127.0.0.1');
  return {
    url: await app.getUrl(),
    stop: async () => {
      await app.close();
      await stop();
    },
  };
}

async function writeDocument(url) {
  const response = await fetch(`${url}/openapi.json`);
  writeFileSync(at(DOCUMENT), JSON.stringify(await response.json(), null, 2));
}

/** The generators need a newer Node than this repository does; what they write does not. */
async function generate() {
  const node = newerNode();
  const [openapiTypescript, heyApi, orval] = [
    [
      'node_modules/openapi-typescript/bin/cli.js',
      DOCUMENT,
      '-o',
      'generated/openapi-typescript.ts',
    ],
    ['node_modules/@hey-api/openapi-ts/bin/run.js', '-f', 'hey-api.config.mjs'],
    ['node_modules/orval/dist/bin/orval.mjs', '--config', 'orval.config.mjs', '--fail-on-warnings'],
  ];
  await Promise.all([
    step('openapi-typescript', node, openapiTypescript),
    step('@hey-api/openapi-ts', node, heyApi),
    step('orval', node, orval),
  ]);
}

async function bundle() {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: FOLDER,
    entryPoints: CLIENTS.map((client) => `clients/${client}.ts`),
    outdir: 'generated',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
}

/** Runs a program in this folder; a failure is printed, and the next steps are still tried. */
async function step(name, program, args) {
  const startedAt = performance.now();
  const env = { ...process.env, API_URL: server.url, REDOCLY_TELEMETRY: 'off', CI: 'true' };
  const failure = await run(program, args, { cwd: FOLDER, timeout: LONGEST_MS, env }).then(
    () => undefined,
    (error) => error,
  );
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${name.padEnd(32)} ${failure ? 'FAILS' : 'works'} ${seconds.padStart(5)} s`);
  if (!failure) return;
  failures += 1;
  console.log(failure.stdout + failure.stderr);
}

/** A Node that the generators run in, or the one at hand, where npm has none for this machine. */
function newerNode() {
  const node = at(`node_modules/node-24-${process.platform}-${process.arch}/bin/node`);
  if (existsSync(node)) return node;
  console.warn(`There is no Node 24 for this machine: ${process.version} is tried.`);
  return process.execPath;
}

function at(name) {
  return resolve(FOLDER, name);
}
