/**
 * What a browser loads of our pages, gzipped as the server sends them: for the first view, and all
 * together. Prints the table, and fails above a limit. Needs the build: npm run pages:sizes
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const KB = 1000;
const PAGES = [
  { name: 'console', limit: 150 * KB },
  { name: 'lab', limit: 60 * KB },
];

let isTooLarge = false;
for (const { name, limit } of PAGES) {
  const folder = join('dist', name);
  const all = filesIn(folder);
  report(`${name}, first view`, firstView(folder, all), limit);
  report(`${name}, all`, all, limit);
}
process.exitCode = isTooLarge ? 1 : 0;

function report(what, files, limit) {
  const bytes = files.reduce((sum, file) => sum + compressed(file), 0);
  isTooLarge ||= bytes > limit;
  const verdict = bytes > limit ? 'TOO LARGE' : '';
  console.log(`${what.padEnd(20)} ${String(bytes).padStart(7)} bytes of ${limit} ${verdict}`);
}

/** All but what the server alone reads. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'pages.json')
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** The page, what it names, and what the scripts among these import at their start. */
function firstView(folder, all) {
  const page = join(folder, 'index.html');
  const found = new Set([page]);
  for (const file of found)
    for (const named of namesIn(file, folder)) if (all.includes(named)) found.add(named);
  return [...found];
}

function namesIn(file, folder) {
  const text = readFileSync(file, 'utf8');
  const isPage = file.endsWith('.html');
  const names = text.matchAll(
    isPage ? /(?:src|href)="([^"#]+)"/g : /(?:\bfrom|\bimport)\s*"(\.[^"]+)"/g,
  );
  return Array.from(names, ([, name]) => join(isPage ? folder : dirname(file), name));
}

function compressed(file) {
  return gzipSync(readFileSync(file), { level: 9 }).length;
}
