/**
 * Checks all documents of the repository, or of the folder that is named: links and paths lead
 * somewhere, commands exist, and blocks of code parse and have right types. Needs no build, no
 * network and no database: node test/documents/check.mjs [folder]
 */
import { resolve } from 'node:path';
import { faultsOfCommands, readPrograms } from './commands.mjs';
import { faultsOfData } from './data.mjs';
import { documentsIn, readPage } from './documents.mjs';
import { faultsOfLinks } from './links.mjs';
import { faultsOfLlms } from './llms.mjs';
import { faultsOfMentions, testsIn } from './mentions.mjs';
import { faultsOfPaths } from './paths.mjs';
import { faultsOfTypes } from './types.mjs';

const REPOSITORY = resolve(import.meta.dirname, '../..');

const root = resolve(process.argv[2] ?? REPOSITORY);
const paths = documentsIn(root);
const pages = paths.map((path) => readPage(root, path));
const known = { programs: readPrograms(REPOSITORY), tests: testsIn(REPOSITORY) };
const faults = [
  ...(await faultsOfLinks(root, paths)),
  ...pages.flatMap((page) => faultsOfPaths(root, page)),
  ...pages.flatMap((page) => faultsOfCommands(root, page, known)),
  ...pages.flatMap(faultsOfData),
  ...faultsOfTypes(pages),
  ...faultsOfLlms(root),
  ...faultsOfMentions(root),
];
for (const { path, line, reason } of faults.sort(byPlace))
  console.error(`${path}:${line} ${reason}.`);
console.log(`Faults in ${pages.length} documents: ${faults.length}.`);
if (faults.length > 0) process.exitCode = 1;

function byPlace(one, other) {
  return one.path.localeCompare(other.path) || one.line - other.line;
}
