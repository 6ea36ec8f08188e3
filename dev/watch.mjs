/**
 * The server for whoever changes it: compiles src at each change, and restarts the server when it
 * has compiled. The PostgreSQL of development runs all the time, and stops with this. Needs the
 * build: npm run start:dev
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { provideForDevelopment, readEnvironment } from '../dist/index.js';

const NEST = ['node_modules/@nestjs/cli/bin/nest.js', 'build', '--watch', '--preserveWatchOutput'];
/** What the compiler prints each time that it has written the files of a change. */
const COMPILED = /Found 0 errors/;

let isStopping = false;
let compiler;
let server;
let restarting = Promise.resolve();

const environment = readEnvironment(process.env);
const provisioning = provideForDevelopment(environment);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));
const provision = await provisioning;
if (!isStopping) compile();

function compile() {
  compiler = spawn(process.execPath, NEST, { stdio: ['ignore', 'pipe', 'inherit'] });
  compiler.stdout.setEncoding('utf8').on('data', (text) => {
    if (COMPILED.test(text)) restarting = restarting.then(restart);
    else if (/error/.test(text)) process.stdout.write(text);
  });
  compiler.once('exit', (code) => void stop(code === null ? 0 : 1));
}

async function restart() {
  await end(server);
  if (isStopping) return;
  server = spawn(process.execPath, ['dist/main.js'], {
    env: { ...process.env, ...provided() },
    stdio: 'inherit',
  });
}

/** What `provideForDevelopment` has added, so that the server starts no PostgreSQL itself. */
function provided() {
  const { environment: completed } = provision;
  const added = Object.entries(completed).filter(([name, value]) => environment[name] !== value);
  return Object.fromEntries(added);
}

async function stop(exitCode) {
  if (isStopping) return;
  isStopping = true;
  await restarting;
  await Promise.all([end(server), end(compiler)]);
  await (await provisioning).stop();
  process.exit(exitCode);
}

async function end(child) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
