import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** Prints the rows for programs: as JSON, in the words of the table. */
export function reportJson(rows) {
  console.log(
    JSON.stringify(
      rows.map((row) => ({
        work: row.work,
        aim: aimOf(row),
        measured: measuredIn(row),
        holds: verdictOn(row),
        detail: row.detail,
      })),
    ),
  );
}

/** Prints the table, and stores that of a complete run in `results/`. */
export function report(rows, { isWhole }) {
  const lines = [
    '| work | aim | measured | holds | detail |',
    '|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${row.work} | ${aimOf(row)} | ${measuredIn(row)} | ${verdictOn(row)} | ${row.detail} |`,
    ),
  ];
  console.log(lines.join('\n'));
  if (isWhole) keep(lines);
}

function keep(lines) {
  const now = new Date().toISOString();
  const machine = `${cpus().length} processors (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const file = join(import.meta.dirname, 'results', `${now.slice(0, 16).replace(':', '')}.md`);
  writeFileSync(file, `# ${now}\n\n${machine}\n\n${lines.join('\n')}\n`);
  console.log(`\nKept in ${file}`);
}

function measuredIn({ measured }) {
  return measured?.toFixed(2) ?? '–';
}

function verdictOn({ aim: { atLeast = -Infinity, atMost = Infinity }, measured }) {
  if (measured === undefined) return 'not measured';
  return measured >= atLeast && measured <= atMost ? 'yes' : 'NO';
}

function aimOf({ aim: { atLeast, atMost } }) {
  return atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
}
