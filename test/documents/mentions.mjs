import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Where source and configuration name documents, such as in comments and in alerts. */
const FOLDERS = ['.ci', 'bench', 'console', 'deploy', 'docs', 'pack', 'packages', 'src', 'test'];

/** Installed, built, or full of faults on purpose. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'results', 'generated', 'clients', 'documents']);

const TEXTS = /\.(?:[cm]?[jt]sx?|json|ya?ml|sh|cfg|conf|sql)$/;

/** Tests invent documents; one that reads a document that is gone fails by itself. */
const TESTS = /[.-]spec\.tsx?$/;

const DOCUMENT = /\bdocs\/[\w./-]+\.md\b/g;

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
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : textsBelow(path);
    if (TESTS.test(entry.name)) return [];
    return TEXTS.test(entry.name) || !entry.name.includes('.') ? [path] : [];
  });
}
