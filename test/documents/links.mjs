import { PassThrough } from 'node:stream';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkValidateLinks from 'remark-validate-links';
import { unified } from 'unified';
import { engine } from 'unified-engine';

/**
 * Links within the repository, and pictures, that lead to no file, or to no heading of a page.
 * Addresses elsewhere are not looked up.
 *
 * @param {string} root
 * @param {readonly string[]} paths of pages, from the root
 * @returns {Promise<import('./documents.mjs').Fault[]>}
 */
export function faultsOfLinks(root, paths) {
  const settings = {
    processor: unified().use(remarkParse).use(remarkGfm),
    plugins: [[remarkValidateLinks, { repository: false, root }]],
    cwd: root,
    files: [...paths],
    output: false,
    reporter: () => '',
    // Only what is given here counts: no settings and no lists of files to ignore.
    detectConfig: false,
    detectIgnore: false,
    streamError: new PassThrough(),
  };
  return new Promise((resolve, reject) => {
    engine(settings, (error, _status, context) => {
      if (error) return reject(error);
      resolve(context.files.flatMap((file) => file.messages.map((one) => faultOf(file, one))));
    });
  });
}

function faultOf(file, { line, reason }) {
  return { path: file.path, line: line ?? 1, reason };
}
