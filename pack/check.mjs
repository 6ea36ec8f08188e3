/**
 * Whether the packages are fit to be released: their versions, what their manifests say, and what
 * is in their archives besides the build. Needs no build: node pack/check.mjs
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { faultsOfArchive, faultsOfRelease, PUBLISHED, readRelease } from './release-faults.mjs';
import { run } from './run.mjs';

const ROOT = resolve(import.meta.dirname, '..');

const archives = await Promise.all(PUBLISHED.map(filesOf));
const faults = [
  ...faultsOfRelease(readRelease(ROOT)),
  ...archives.flatMap(({ name, files }) => faultsOfArchive(name, files)),
  ...PUBLISHED.filter((folder) => ![undefined, licence('.')].includes(licence(folder))).map(
    (folder) => `The LICENSE of ${folder} is not that of the repository.`,
  ),
];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;

/** Without its scripts, which write types and change package.json for a while. */
async function filesOf(folder) {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [{ name, files }] = JSON.parse(await run('npm', args, { cwd: join(ROOT, folder) }));
  return { name, files: files.map(({ path }) => path) };
}

/** Undefined where there is none, which the archive shows. */
function licence(folder) {
  const file = join(ROOT, folder, 'LICENSE');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
