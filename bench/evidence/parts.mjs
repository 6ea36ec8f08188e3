// One small function for each part: each calls a script that exists for its own sake, and reads
// what that says for programs.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files of tests that need programs; the expression of `npm run test:programs`. */
const WITH_PROGRAMS = '[.](alerts|browser|haproxy|history|kill|nginx|redis|tls|watch)-spec[.]ts$';

/** What measures each part of the page, by its name. */
export const MEASURE = {
  tests: measureTests,
  sizes: measureSizes,
  weeks: measureWeeks,
  revocation: measureRevocation,
  'fail-over': measureFailOver,
  throughput: measureThroughput,
};

function measureTests({ 'jest-results': given, 'run-tests': isRun }) {
  const files = {
    plain: listTests().length,
    withPrograms: listTests('--testRegex', WITH_PROGRAMS).length,
  };
  if (isRun) return { files, results: jestResults([runJest()]) };
  if (given) return { files, results: jestResults(given.split(',').map(readJson)) };
  return { files };
}

function measureSizes() {
  const packages = ['client', 'resource'];
  for (const name of packages) run('npm', ['run', '--silent', 'build', '-w', `packages/${name}`]);
  return packages.flatMap((name) =>
    jsonOf('node', ['checks/sizes.mjs', '--json'], { cwd: `packages/${name}` }).map((door) => ({
      package: `@evergreen-auth/${name}`,
      ...door,
    })),
  );
}

function measureWeeks() {
  const parts = notesOf('weeks', ['weeks-1-to-1000', 'weeks-1001-to-2000']);
  const totals = {};
  for (const { totals: counts } of parts)
    for (const [name, number] of Object.entries(counts))
      totals[name] = (totals[name] ?? 0) + number;
  return {
    lostSessions: sum(parts.map(({ lostSessions }) => lostSessions)),
    otherFindings: sum(parts.map(({ otherFindings }) => otherFindings)),
    totals,
  };
}

function measureRevocation() {
  build();
  return jsonOf('node', ['bench/revocation.mjs', '--json']);
}

function measureFailOver() {
  build();
  const [note] = notesOf('fail-over', [
    'test/integration/fail-over',
    '-t',
    'the primary is killed and the replica promoted',
  ]);
  return note;
}

function measureThroughput() {
  build();
  run('npm', ['ci', '--silent', '--prefix', 'bench']);
  return jsonOf('node', ['bench/run.mjs', '--json', 'refresh', 'requests']);
}

function build() {
  run('npm', ['run', '--silent', 'build:development']);
}

function listTests(...options) {
  return run('npx', ['jest', '--listTests', ...options])
    .split('\n')
    .filter(Boolean);
}

/** The numbers of a run of all tests that need only Node; failed tests are counted, too. */
function runJest() {
  return inFolder((folder) => {
    const file = join(folder, 'jest.json');
    build();
    try {
      run('npx', ['jest', '--ci', '--json', '--outputFile', file]);
    } catch {
      // The file says which tests have failed.
    }
    return readJson(file);
  });
}

/** The sum of what runs of Jest have counted. */
function jestResults(runs) {
  const total = (name) => sum(runs.map((result) => result[name]));
  return {
    total: total('numTotalTests'),
    passed: total('numPassedTests'),
    failed: total('numFailedTests'),
    skipped: total('numPendingTests') + total('numTodoTests'),
  };
}

/**
 * What tests have noted under this name while they ran (test/support/evidence.ts). A test that
 * fails has noted what it counted before: a bad number is evidence, too.
 */
function notesOf(name, jestArguments) {
  return inFolder((folder) => {
    const file = join(folder, 'notes');
    try {
      run('npx', ['jest', '--ci', ...jestArguments], { env: { EVIDENCE_FILE: file } });
    } catch (error) {
      if (!existsSync(file)) throw error;
    }
    const notes = readFileSync(file, 'utf8').trim().split('\n');
    return notes
      .map((line) => JSON.parse(line))
      .filter((note) => note.name === name)
      .map(({ values }) => values);
  });
}

function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-evidence-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function jsonOf(program, args, options) {
  return JSON.parse(run(program, args, options));
}

/** What it prints. Throws where it fails; its complaints go to the terminal. */
function run(program, args, { cwd, env } = {}) {
  return execFileSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
