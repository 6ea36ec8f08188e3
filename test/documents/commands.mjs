import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isGuide, shellLinesOf } from './documents.mjs';

/** Of `npm run`, and of npm itself. */
const OPTION = /^(?:-|--)\S*$/;

/** Of `npx jest` and `npm run test:programs`; other words are parts of the paths of tests. */
const TEST_RUNS = ['npx jest', 'npm run test:programs'];

/** `npm start` and `npm test` are scripts, too. */
const SHORT = ['start', 'test'];

/**
 * Commands in `code`, and in blocks of a shell, that do not exist: scripts of npm, commands of
 * `evergreen` and of `npm run admin`, tests, and files that Node or a shell is to run.
 *
 * @param {string} root
 * @param {import('./documents.mjs').Page} page
 * @param {{ programs: ReadonlyMap<string, ReadonlySet<string>>, tests: readonly string[] }} known
 *   the commands of each program, and the paths of all tests
 * @returns {import('./documents.mjs').Fault[]}
 */
export function faultsOfCommands(root, page, { programs, tests }) {
  const { path } = page;
  if (isGuide(path)) return [];
  const lines = [...page.codes, ...shellLinesOf(page)];
  const folders = [root, ...foldersAbove(root, path)];
  return lines.flatMap(({ line, text }) =>
    commandsOf(text)
      .flatMap((words) => [
        ...missingScripts(folders, words),
        ...missingCommands(programs, words),
        ...missingTests(tests, words),
        ...missingFiles(folders, words),
      ])
      .map((reason) => ({ path, line, reason })),
  );
}

/**
 * The commands of the programs that operators run, read from their source.
 *
 * @returns {Map<string, Set<string>>} for `evergreen` and `admin`
 */
export function readPrograms(root) {
  const source = (file) => readFileSync(join(root, file), 'utf8');
  const named = (text, pattern) => new Set([...text.matchAll(pattern)].map(([, name]) => name));
  return new Map([
    ['evergreen', named(source('src/evergreen.command.ts'), /\[\s*'([\w:-]+)',/g)],
    ['admin', named(source('src/admin.command.ts'), /\.command\('([\w-]+)/g)],
  ]);
}

/** The folders of the page and above it, the nearest first, without the root. */
function foldersAbove(root, path) {
  const folder = dirname(path);
  return folder === '.' ? [] : [join(root, folder), ...foldersAbove(root, folder)];
}

/** As words, without comments, settings of variables and what a shell does with the output. */
function commandsOf(text) {
  return text
    .replace(/(?:^|\s)#.*$/, '')
    .split(/&&|\|\||[;|()]/)
    .map((command) => command.trim().split(/\s+/))
    .map((words) => words.slice(words.findIndex((word) => !/^\w+=/.test(word))));
}

function missingScripts(folders, [program, ...words]) {
  if (program !== 'npm') return [];
  const [command, name] = words.filter((word) => !OPTION.test(word));
  const script = command === 'run' ? name : SHORT.find((one) => one === command);
  if (script === undefined || !/^[\w:-]+$/.test(script)) return [];
  const workspace = words[words.findIndex((word) => word === '-w') + 1 || Infinity];
  const manifests = (workspace === undefined ? folders : [folderOf(folders[0], workspace)])
    .map((folder) => join(folder, 'package.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
  return manifests.some(({ scripts }) => scripts?.[script] !== undefined)
    ? []
    : [`No package.json has a script ${script}`];
}

function folderOf(root, workspace) {
  return join(root, workspace.replace(/^@evergreen-auth\//, 'packages/'));
}

function missingCommands(programs, words) {
  const command = words.filter((word) => !OPTION.test(word)).join(' ');
  const [, ours] = /^(?:npx )?evergreen ([\w:-]+)/.exec(command) ?? [];
  const [, group, one] =
    /^(?:npm run admin|npx evergreen admin|node \S*admin\.command\.js) ([\w-]+)(?: ([\w-]+))?/.exec(
      command,
    ) ?? [];
  return [
    ...(ours === undefined || programs.get('evergreen').has(ours)
      ? []
      : [`The program evergreen has no command ${ours}`]),
    ...[group, one]
      .filter((name) => name !== undefined && !programs.get('admin').has(name))
      .map((name) => `npm run admin has no command ${name}`),
  ];
}

function missingTests(tests, words) {
  const command = words.filter((word) => !OPTION.test(word)).join(' ');
  const run = TEST_RUNS.find((one) => command.startsWith(`${one} `));
  if (run === undefined) return [];
  const parts = command.slice(run.length + 1).split(' ');
  return parts
    .filter((part) => /^[\w./-]+$/.test(part) && !tests.some((path) => path.includes(part)))
    .map((part) => `No test has ${part} in its path`);
}

/** What is built has its source: `dist/main.js` is made of `src/main.ts`. */
function missingFiles(folders, [program, ...words]) {
  if (!['node', 'bash', 'sh'].includes(program)) return [];
  const file = words.find((word) => !OPTION.test(word));
  if (file === undefined || !/^[\w.][\w./-]*\.(?:m?js|ts|sh)$/.test(file)) return [];
  const source = file.replace(/^dist\/(.*)\.js$/, 'src/$1.ts');
  return folders.some((folder) => existsSync(join(folder, source)))
    ? []
    : [`There is no ${file} to run`];
}
