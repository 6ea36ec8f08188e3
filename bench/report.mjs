import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** Prints the table; that of a whole run is kept in `results/`. */
export function report(rows, { isWhole }) {
  const table = rows.map((row) => ({ ...row, aim: aimOf(row), holds: holds(row) ? 'yes' : 'NO' }));
  const lines = [
    '| work | aim | measured | holds | detail |',
    '|---|---|---|---|---|',
    ...table.map(({ work, aim, measured, holds: yes, detail }) => `| ${work} | ${aim} | ${measured.toFixed(2)} | ${yes} | ${detail} |`),
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

function holds({ aim: { atLeast = -Infinity, atMost = Infinity }, measured }) {
  return measured >= atLeast && measured <= atMost;
}

function aimOf({ aim: { atLeast, atMost } }) {
  return atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
}
