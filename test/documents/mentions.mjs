import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/** Where source and configuration name documents, such as in comments and in alerts. */
const FOLDERS = ['.ci', 'bench', 'console', 'deploy', 'docs', 'pack', 'packages', 'src', 'test'];

/** Installed, built, or full of faults on purpose. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'results', 'generated', 'clients', 'documents']);

const TEXTS = /\.(?:[cm]?[jt]sx?|json|ya?ml|sh|cfg|conf|sql)$/;

/** Tests invent documents; one that reads a document that is gone fails by itself. */
const TESTS = /[.-]spec\.tsx?$/;

const DOCUMENT = /\bdocs\/[\w./-]+\.md\b/g;

/**
 * @param {string} root
 * @returns {string[]} the paths of all tests, from the root
 */
export function testsIn(root) {
  return FOLDERS.flatMap((folder) => filesBelow(join(root, folder)))
    .filter((file) => TESTS.test(file))
    .map((file) => relative(root, file));
}

/**
 * Documents that source and configuration name, and that are not there.
 *
 * @param {string} root
 * @returns {import('./documents.mjs').Fault[]}
 */
export function faultsOfMentions(root) {
  return FOLDERS.flatMap((folder) => textsBelow(join(root, folder))).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, index) =>
        [...text.matchAll(DOCUMENT)]
          .filter(([document]) => !existsSync(join(root, document)))
          .map(([document]) => ({
            path: relative(root, file),
            line: index + 1,
            reason: `There is no ${document}`,
          })),
      ),
  );
}

function textsBelow(folder) {
  return filesBelow(folder).filter((file) => !TESTS.test(file) && isText(basename(file)));
}

/** `Dockerfile` has no ending, and `.ci/run` neither. */
function isText(name) {
  return TEXTS.test(name) || !name.includes('.');
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : filesBelow(path);
    return [path];
  });
}
