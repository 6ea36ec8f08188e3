// npm run evidence: measures what docs/evidence.md shows, and writes the page. With names it
// measures these parts alone: npm run evidence -- sizes tests. Options:
//   --jest-results a.json,b.json   count the tests of these runs (npx jest --json --outputFile a.json)
//   --run-tests                    run the tests that need only Node, and count them
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commitOf, machine } from './machine.mjs';
import { evidencePage, PARTS } from './page.mjs';
import { MEASURE } from './parts.mjs';

const REPOSITORY = join(import.meta.dirname, '../..');
const DATA = join(REPOSITORY, 'bench/results/evidence.json');
const PAGE = join(REPOSITORY, 'docs/evidence.md');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'jest-results': { type: 'string' }, 'run-tests': { type: 'boolean' } },
});
const known = PARTS.map(({ name }) => name);
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are ${known.join(', ')}.`);
  process.exit(2);
}

process.chdir(REPOSITORY);
const evidence = existsSync(DATA) ? JSON.parse(readFileSync(DATA, 'utf8')) : {};
for (const name of positionals.length > 0 ? positionals : known) {
  console.error(`${name} …`);
  evidence[name] = await measured(MEASURE[name]);
  // After each part, so that one that fails does not take along what was measured before it.
  writeFileSync(DATA, `${JSON.stringify(inOrder(evidence), null, 2)}\n`);
  writeFileSync(PAGE, evidencePage(evidence));
}

async function measured(measure) {
  const [began, loadAtStart, commit] = [performance.now(), round(loadavg()[0]), commitOf()];
  const values = await measure(options);
  return {
    measuredAt: new Date().toISOString(),
    commit,
    machine: machine(),
    seconds: Math.round((performance.now() - began) / 1000),
    loadAtStart,
    values,
  };
}

function inOrder(byName) {
  return Object.fromEntries(
    known.filter((name) => byName[name]).map((name) => [name, byName[name]]),
  );
}

function round(value) {
  return Math.round(value * 10) / 10;
}
