/**
 * llms.txt, by which programs that read find their way (https://llmstxt.org): all documents, each
 * with its title and its first sentence. Written by: npm run llms
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { documentsIn, parsePage } from './documents.mjs';

const FILE = 'llms.txt';

/** A page is in the first section whose pattern its path matches; the last one takes all others. */
const SECTIONS = [
  ['Start', /^(?:README|docs\/(?:getting-the-packages|comparison|glossary))\.md$/],
  ['Guides', /^docs\/guides\//],
  ['Concepts', /^docs\/concepts\//],
  ['Operations', /^docs\/operations\//],
  ['Pages', /^(?:SECURITY\.md|docs\/[\w-]+\.md)$/],
  ['Packages and examples', /^(?:packages|examples)\//],
  // By the convention, what a reader with little room may leave out.
  ['Optional', /^/],
];

if (process.argv[1] === import.meta.filename) {
  const root = resolve(import.meta.dirname, '../..');
  writeFileSync(join(root, FILE), llmsText(root));
}

/**
 * @param {string} root
 * @returns {string} what llms.txt must be
 */
export function llmsText(root) {
  const pages = documentsIn(root).map((path) => ({ path, ...headOf(root, path) }));
  const [about] = pages.filter(({ path }) => path === 'README.md');
  const sections = SECTIONS.map(([name], index) => ({
    name,
    pages: pages.filter(({ path }) => sectionOf(path) === index),
  }));
  return [
    `# ${about.title}`,
    `> ${about.sentence}`,
    'Each page is a plain Markdown file of this repository; links are from its root.',
    ...sections.filter((one) => one.pages.length > 0).map(textOfSection),
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

/**
 * @param {string} root
 * @returns {import('./documents.mjs').Fault[]} one, where a page is newer than llms.txt
 */
export function faultsOfLlms(root) {
  const file = join(root, FILE);
  const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === llmsText(root);
  return isCurrent ? [] : [{ path: FILE, line: 1, reason: 'It is out of date: npm run llms' }];
}

function sectionOf(path) {
  return SECTIONS.findIndex(([, pattern]) => pattern.test(path));
}

function textOfSection({ name, pages }) {
  const lines = pages.map(({ path, title, sentence }) => `- [${title}](${path}): ${sentence}`);
  return `## ${name}\n\n${lines.join('\n')}`;
}

/** The title of a page, and the first sentence below it. */
function headOf(root, path) {
  const { children } = parsePage(root, path);
  const title = textOf(children.find(({ type, depth }) => type === 'heading' && depth === 1));
  const text = textOf(children.find(({ type }) => type === 'paragraph'));
  const [sentence = text] = /^.*?[.!?](?=\s|$)/s.exec(text) ?? [];
  return { title, sentence: sentence.replace(/\s+/g, ' ').replace(/:$/, '.') };
}

function textOf(node) {
  return node?.value ?? node?.alt ?? node?.children?.map(textOf).join('') ?? '';
}
