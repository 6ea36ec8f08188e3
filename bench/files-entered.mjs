// How many of our files one request enters: what a reader has to open to follow it. npm run
// bench:files, or with CHECKOUT=/another/checkout that one's.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ts from 'typescript';
import { startPostgres } from './world/postgres.mjs';
import { post, startEvergreen } from './world/servers.mjs';

const { CHECKOUT = '.' } = process.env;
const OURS = resolve(CHECKOUT, 'dist');
const ACCOUNT = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };

const folder = mkdtempSync(join(tmpdir(), 'evergreen-files-'));
const file = join(folder, 'entered.json');
const postgres = await startPostgres();
const server = await startEvergreen(await postgres.createMigrated('files'), {
  env: { COVERAGE_FILE: file },
  flags: ['--import', './bench/servers/coverage.mjs'],
});
try {
  let tokens = await post(server, 'register', ACCOUNT);
  const requests = {
    login: () => post(server, 'login', ACCOUNT),
    refresh: async () => (tokens = await post(server, 'refresh', tokens)),
    'guarded GET': () =>
      fetch(`${server.url}/api/users/me`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      }),
  };
  const idle = await enteredBy(() => sleep(500));
  for (const [name, send] of Object.entries(requests)) {
    await send();
    const entered = (await enteredBy(send)).filter((path) => !idle.includes(path));
    console.log(`${name.padEnd(12)} ${String(entered.length).padStart(4)} files`);
    if (process.argv.includes('--list')) console.log(entered.map((path) => `  ${path}`).join('\n'));
  }
} finally {
  await server.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
sourceTable();

/** Our files of which a function has run meanwhile. */
async function enteredBy(send) {
  await take();
  await send();
  return (await take()).sort();
}

async function take() {
  rmSync(file, { force: true });
  process.kill(server.pid, 'SIGUSR2');
  while (!existsSync(file)) await sleep(20);
  return JSON.parse(readFileSync(file, 'utf8'))
    .map((url) => url.replace('file://', ''))
    .filter((path) => path.startsWith(OURS))
    .map((path) => path.slice(OURS.length + 1));
}

/** What there is to read. */
function sourceTable() {
  for (const tree of ['src', 'packages/client/src', 'packages/client/src/core']) {
    const files = readdirSync(join(CHECKOUT, tree), { recursive: true })
      .filter((path) => /[.]tsx?$/.test(path) && !/[.]spec[.]tsx?$/.test(path))
      .map((path) => measure(join(tree, path)));
    const lines = files.reduce((sum, file) => sum + file.lines, 0);
    const [longest] = files.flatMap(({ functions }) => functions).sort((a, b) => b.lines - a.lines);
    console.log(
      `${tree.padEnd(25)} ${files.length} files, ${lines} lines; ` +
        `the longest file has ${Math.max(...files.map((file) => file.lines))}, ` +
        `the longest function ${longest.lines} (${longest.name})`,
    );
  }
}

function measure(path) {
  const source = ts.createSourceFile(
    path,
    readFileSync(join(CHECKOUT, path), 'utf8'),
    ts.ScriptTarget.Latest,
  );
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line;
  const functions = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body)
      functions.push({
        name: `${path}: ${node.name?.getText(source) ?? 'without a name'}`,
        lines: lineOf(node.end) - lineOf(node.getStart(source)) + 1,
      });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { lines: lineOf(source.end), functions };
}
