import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { isGuide } from './documents.mjs';

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** The endings of the files that blocks of a language become. */
const ENDINGS = new Map([
  ['ts', 'ts'],
  ['typescript', 'ts'],
  ['tsx', 'tsx'],
  ['js', 'js'],
  ['jsx', 'jsx'],
  ['mjs', 'mjs'],
]);

/** Says that a block uses names of the text around it: those of `GIVEN_NAMES`. */
const FRAGMENT = 'fragment';

const GIVEN_NAMES = join(import.meta.dirname, 'given/names.ts');
const GIVEN_MODULES = join(import.meta.dirname, 'given/modules.ts');

/** As an application that begins today: strict, and with the decorators of Nest. */
const OPTIONS = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  jsx: ts.JsxEmit.ReactJSX,
  allowJs: true,
  checkJs: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  strictPropertyInitialization: false,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
  skipLibCheck: true,
  noEmit: true,
  paths: {
    '#protocol': [join(REPOSITORY, 'packages/protocol/src/index.ts')],
    'evergreen-auth': [join(REPOSITORY, 'src/index.ts')],
    'evergreen-auth/testing': [join(REPOSITORY, 'src/testing/index.ts')],
    '@evergreen-auth/client': [join(REPOSITORY, 'packages/client/src/core/index.ts')],
    '@evergreen-auth/client/*': [join(REPOSITORY, 'packages/client/src/*/index.ts')],
    '@evergreen-auth/dev-postgres': [join(REPOSITORY, 'packages/dev-postgres/src/index.ts')],
    '@evergreen-auth/resource': [join(REPOSITORY, 'packages/resource/src/index.ts')],
    '@evergreen-auth/resource/*': [join(REPOSITORY, 'packages/resource/src/*/index.ts')],
  },
};

/**
 * Blocks of TypeScript and JavaScript that do not parse, or whose types are wrong. Each block is a
 * module of its own; one that names its file, after the fence or in a comment in its first line,
 * can be imported by the other blocks of its page. Those of guides must only parse.
 *
 * @param {readonly import('./documents.mjs').Page[]} pages
 * @returns {import('./documents.mjs').Fault[]}
 */
export function faultsOfTypes(pages) {
  const modules = new Map(pages.flatMap(modulesOf));
  const host = hostWith(modules);
  return [...faultsIn(modules, false, host), ...faultsIn(modules, true, host)];
}

/** Fragments are compiled apart, since the names that they are given are known everywhere there. */
function faultsIn(modules, areFragments, host) {
  const files = [...modules].filter(([, { isFragment }]) => isFragment === areFragments);
  const given = areFragments ? [GIVEN_NAMES, GIVEN_MODULES] : [GIVEN_MODULES];
  const names = [...files.map(([name]) => name), ...given];
  const program = ts.createProgram(names, OPTIONS, host);
  const places = given.map((name) => [name, { path: relative(REPOSITORY, name), line: 1 }]);
  return [...files, ...places].flatMap(([name, place]) => faultsOfModule(program, name, place));
}

function faultsOfModule(program, name, { path, line }) {
  const file = program.getSourceFile(name);
  const syntax = program.getSyntacticDiagnostics(file);
  const mustOnlyParse = syntax.length > 0 || isGuide(path);
  const found = mustOnlyParse ? syntax : program.getSemanticDiagnostics(file);
  return found.map(({ start, messageText }) => ({
    path,
    line: line + file.getLineAndCharacterOfPosition(start).line,
    reason: ts.flattenDiagnosticMessageText(messageText, ' ').replace(/[.?]$/, ''),
  }));
}

/** @returns {[string, { path: string, line: number, isFragment: boolean, text: string }][]} */
function modulesOf({ path, blocks }) {
  const folder = join(REPOSITORY, '.documents', path.replace(/\.md$/, ''));
  return blocks
    .filter(({ language }) => ENDINGS.has(language))
    .map(({ line, language, info, text }) => {
      const words = info.split(/\s+/).filter(Boolean);
      const isFragment = words.includes(FRAGMENT);
      const [named = nameInComment(text)] = words.filter((word) => word !== FRAGMENT);
      // A guide may name one file twice, to change it.
      const ownName = `line-${line}.${ENDINGS.get(language)}`;
      const name = isGuide(path) ? ownName : (named ?? ownName);
      // Without an import it would be a script, whose names are known to all others.
      return [join(folder, name), { path, line, isFragment, text: `${text}\nexport {};\n` }];
    });
}

function nameInComment(text) {
  return /^\/\/ (\S+\.(?:ts|tsx|js|mjs))\n/.exec(text)?.[1];
}

/** Blocks are files that only the compiler sees, in a folder from which it finds all packages. */
function hostWith(modules) {
  const host = ts.createCompilerHost(OPTIONS);
  const folders = new Set([...modules.keys()].flatMap(foldersOf));
  // Both programs read the same thousands of declarations.
  const parsed = new Map();
  const parse = (file, options) => {
    const text = modules.get(resolve(file))?.text;
    return text === undefined
      ? host.getSourceFile(file, options)
      : ts.createSourceFile(file, text, options);
  };
  return {
    ...host,
    getCurrentDirectory: () => REPOSITORY,
    fileExists: (file) => modules.has(resolve(file)) || host.fileExists(file),
    directoryExists: (folder) => folders.has(resolve(folder)) || ts.sys.directoryExists(folder),
    readFile: (file) => modules.get(resolve(file))?.text ?? host.readFile(file),
    getSourceFile: (file, options) => {
      if (!parsed.has(file)) parsed.set(file, parse(file, options));
      return parsed.get(file);
    },
  };
}

function foldersOf(file) {
  const folder = dirname(file);
  return folder === REPOSITORY || folder === dirname(folder) ? [] : [folder, ...foldersOf(folder)];
}
