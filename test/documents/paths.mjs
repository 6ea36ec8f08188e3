import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isGuide, shellLinesOf } from './documents.mjs';

/** A changelog also names what is gone. */
const OF_THE_PAST = ['CHANGELOG.md'];

/** What a build, an installation or a start makes. */
const NOT_IN_THE_REPOSITORY = ['.data', 'dist', 'node_modules'];

/**
 * Paths in `code`, and among the words of a shell, that begin like a path of the repository, and
 * lead to nothing: neither from the root, nor from the folder of the page.
 *
 * @param {string} root
 * @param {import('./documents.mjs').Page} page
 * @returns {import('./documents.mjs').Fault[]}
 */
export function faultsOfPaths(root, page) {
  const { path, codes } = page;
  if (OF_THE_PAST.includes(path) || isGuide(path)) return [];
  const bases = [root, join(root, dirname(path))];
  return [...codes, ...shellLinesOf(page).flatMap(wordsOf)]
    .filter(({ text }) => bases.some((base) => looksLikePath(base, text)))
    .filter(({ text }) => !alternatives(text).every((one) => leadsSomewhere(bases, one)))
    .map(({ line, text }) => ({ path, line, reason: `There is no ${text}` }));
}

function wordsOf({ line, text }) {
  return text
    .replace(/(?:^|\s)#.*$/, '')
    .split(/\s+/)
    .map((word) => ({ line, text: word }));
}

/** Its first part is a folder there: `src/main.ts`, but neither `text/html` nor `/etc/passwd`. */
function looksLikePath(base, text) {
  const [first, second] = text.split('/');
  return (
    /^[\w.@{},*/-]+$/.test(text) &&
    first !== '' &&
    second !== undefined &&
    !/^\.*$/.test(first) &&
    existsSync(join(base, first)) &&
    !NOT_IN_THE_REPOSITORY.includes(first)
  );
}

/** `a.{b,c}` is `a.b` and `a.c`. */
function alternatives(text) {
  const [, before, choice, after] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(text) ?? [];
  if (choice === undefined) return [text];
  return choice.split(',').flatMap((one) => alternatives(`${before}${one}${after}`));
}

function leadsSomewhere(bases, text) {
  return bases.some((base) => matches(base, text.split('/').filter(Boolean)));
}

/** `*` in a part stands for anything but a slash, `**` for any number of folders. */
function matches(folder, [part, ...rest]) {
  if (part === undefined) return true;
  if (!part.includes('*')) {
    const next = join(folder, part);
    return existsSync(next) && matches(next, rest);
  }
  if (!existsSync(folder)) return false;
  if (part === '**') {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
    return (
      matches(folder, rest) ||
      folders.some(({ name }) => matches(join(folder, name), [part, ...rest]))
    );
  }
  const pattern = new RegExp(`^${part.split('*').map(escape).join('.*')}$`);
  return readdirSync(folder).some(
    (name) => pattern.test(name) && matches(join(folder, name), rest),
  );
}

function escape(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
