// Our destination of the log against those of pino, each in a process of its own that writes into
// a pipe, as a container does.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { openDestination } from '../../dist/platform/logging/destination.js';

/** All write to standard output. */
const DESTINATIONS = {
  ours: () => openDestination(1),
  'pino, sync': () => pino.destination({ fd: 1, sync: true }),
  'pino, async': () => pino.destination({ fd: 1, sync: false }),
  'pino, async, minLength 4096': () =>
    pino.destination({ fd: 1, sync: false, minLength: 4096, periodicFlush: 1000 }),
};

const LINES = 60_000;
/** Lines of one turn of the event loop, as requests that end together make them. */
const BURSTS = [1, 8, 32];
/** More than a pipe and the buffers of both ends hold. */
const STALLED_LINES = 5000;
const STALL_SECONDS = 1;

const logLine = (logger, number) =>
  logger.info(
    { request_id: '019ac3f0-0000-7000-8000-000000000000', method: 'POST', number, status: 200 },
    'request',
  );
const turn = () => new Promise(setImmediate);

/** What a child process does, by its name. Results go to standard error. */
const TASKS = {
  async burst(logger, burst) {
    const before = process.cpuUsage();
    for (let written = 0; written < LINES; written += Number(burst)) {
      for (let line = 0; line < Number(burst); line++) logLine(logger, line);
      await turn();
    }
    const { user, system } = process.cpuUsage(before);
    console.error((user + system) / LINES);
  },
  exit(logger) {
    for (let line = 0; line < 100; line++) logLine(logger, line);
    process.exit(1);
  },
  throws(logger) {
    for (let line = 0; line < 100; line++) logLine(logger, line);
    throw new Error('not caught');
  },
  async killed(logger) {
    for (let line = 0; line < 100; line++) logLine(logger, line);
    await turn();
    await turn();
    process.kill(process.pid, 'SIGKILL');
  },
  async stalled(logger) {
    let longestMs = 0;
    let last = performance.now();
    for (let line = 0; line < STALLED_LINES; line++) {
      logLine(logger, line);
      if (line % 10 === 0) await turn();
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }
    console.error(longestMs);
  },
};

const [, , task, destination, argument] = process.argv;
if (task in TASKS) await TASKS[task](pino({}, DESTINATIONS[destination]()), argument);
else await compare();

async function compare() {
  console.log(
    '| destination | µs a line, 1 a turn | 8 a turn | 32 a turn | lines of 100 written before exit, an error, a kill | longest pause while nobody reads |',
  );
  for (const name of Object.keys(DESTINATIONS)) {
    const costs = [];
    for (const burst of BURSTS) costs.push(await costOf(name, burst));
    const kept = [];
    for (const end of ['exit', 'throws', 'killed']) kept.push((await run(end, name)).lineCount);
    const { result } = await run('stalled', name, '', STALL_SECONDS);
    console.log(
      `| ${[name, ...costs, kept.join(', '), `${Math.round(Number(result))} ms`].join(' | ')} |`,
    );
  }
}

/** The lowest of three, in microseconds of processor time. */
async function costOf(name, burst) {
  const costs = [];
  for (let round = 0; round < 3; round++)
    costs.push(Number((await run('burst', name, burst)).result));
  return Math.min(...costs).toFixed(1);
}

/** Runs a child whose reader begins after `silentSeconds`, and counts its lines. */
async function run(what, name, argument = '', silentSeconds = 0) {
  const { stdout, stderr } = await promisify(execFile)(
    'sh',
    [
      '-c',
      '"$0" "$@" | (sleep ' + silentSeconds + '; wc -l)',
      process.execPath,
      import.meta.filename,
      what,
      name,
      String(argument),
    ],
    { timeout: 30_000 },
  );
  return { lineCount: Number(stdout), result: stderr.trim().split('\n').at(-1) };
}
