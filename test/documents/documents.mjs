import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

/** Folders of which every page is read, and folders of which the README of each entry is read. */
const FOLDERS = ['docs', 'deploy'];
const PARENTS = ['packages', 'examples'];

/** Written by others, or built. */
const FOREIGN = new Set(['node_modules', 'dist', '.data', 'archives']);

const SHELL = ['sh', 'bash', 'shell', 'console'];

const parser = unified().use(remarkParse).use(remarkGfm);

/**
 * @typedef {object} Block a block of code
 * @property {number} line of the page, at which the text begins
 * @property {string} language the first word after the fence, or nothing
 * @property {string} info the other words after the fence, such as a name of a file
 * @property {string} text
 *
 * @typedef {object} Page
 * @property {string} path from the root, with `/`
 * @property {readonly Block[]} blocks
 * @property {readonly { line: number, text: string }[]} codes what stands in `code`
 *
 * @typedef {object} Fault
 * @property {string} path
 * @property {number} line
 * @property {string} reason a sentence without its full stop
 */

/**
 * The paths of all documents below a root, from there: the pages in the root itself, all in `docs`
 * and `deploy`, and the README of each package and example.
 *
 * @returns {string[]}
 */
export function documentsIn(root) {
  const inRoot = readdirSync(root).filter(isPage);
  const readmes = PARENTS.flatMap((parent) =>
    entriesOf(join(root, parent)).map((name) => join(parent, name, 'README.md')),
  );
  const others = ['bench/README.md', ...readmes].filter((path) => existsSync(join(root, path)));
  const inFolders = FOLDERS.flatMap((folder) => pagesBelow(join(root, folder))).map((path) =>
    relative(root, path),
  );
  return [...inRoot, ...inFolders, ...others].map((path) => path.split(sep).join('/')).sort();
}

/**
 * Whether a page is about an application that its reader makes: its paths, scripts and packages are
 * there, and a test of their own runs these pages as they stand.
 */
export function isGuide(path) {
  return path.startsWith('docs/guides/');
}

/** The tree of a page, as mdast has it. */
export function parsePage(root, path) {
  return parser.parse(readFileSync(join(root, path), 'utf8'));
}

/** @returns {Page} */
export function readPage(root, path) {
  const blocks = [];
  const codes = [];
  visit(parsePage(root, path), (node) => {
    const line = node.position?.start.line;
    if (node.type === 'inlineCode') codes.push({ line, text: node.value });
    if (node.type === 'code')
      blocks.push({
        line: line + 1,
        language: node.lang ?? '',
        info: node.meta ?? '',
        text: node.value,
      });
  });
  return { path, blocks, codes };
}

/**
 * The lines of the blocks of a page that a shell is to read.
 *
 * @param {Page} page
 * @returns {{ line: number, text: string }[]}
 */
export function shellLinesOf({ blocks }) {
  return blocks
    .filter(({ language }) => SHELL.includes(language))
    .flatMap(({ line, text }) =>
      text.split('\n').map((one, index) => ({ line: line + index, text: one })),
    );
}

function visit(node, look) {
  look(node);
  for (const child of node.children ?? []) visit(child, look);
}

function pagesBelow(folder) {
  return entriesOf(folder, { withFileTypes: true }).flatMap((entry) => {
    if (FOREIGN.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pagesBelow(path);
    return isPage(entry.name) ? [path] : [];
  });
}

function entriesOf(folder, options) {
  return existsSync(folder) ? readdirSync(folder, options) : [];
}

function isPage(name) {
  return name.endsWith('.md');
}
