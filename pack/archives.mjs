/**
 * The packages of a team's application, as they would be published: packed into a folder. Needs the
 * build: node pack/archives.mjs examples/notes-api/archives
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './run.mjs';

const ROOT = resolve(import.meta.dirname, '..');

if (process.argv[1] === import.meta.filename) {
  const [, , folder] = process.argv;
  if (!folder) throw new Error('Name the folder for the archives.');
  for (const archive of await packInto(folder)) console.log(archive);
}

/** @returns {Promise<string[]>} the archives of evergreen-auth and of @evergreen-auth/dev-postgres */
export async function packInto(folder) {
  mkdirSync(folder, { recursive: true });
  // One after the other: packing changes package.json for a while.
  return [await pack(folder), await pack(folder, '-w', '@evergreen-auth/dev-postgres')];
}

async function pack(folder, ...options) {
  const args = ['pack', '--json', '--pack-destination', resolve(folder), ...options];
  const output = await run('npm', args, { cwd: ROOT });
  // Scripts that npm runs before it packs may have printed something, too.
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('[')));
  return join(folder, filename);
}
