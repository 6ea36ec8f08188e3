/**
 * The packages of a team's applications, as they would be published: packed into folders. Needs the
 * builds: node pack/archives.mjs examples/{notes-api,orders-service}/archives
 */
import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './run.mjs';

const ROOT = resolve(import.meta.dirname, '..');

/** Of the examples, beside `evergreen-auth`. */
const WORKSPACES = ['@evergreen-auth/dev-postgres', '@evergreen-auth/resource'];

if (process.argv[1] === import.meta.filename) {
  const [, , folder, ...others] = process.argv;
  if (!folder) throw new Error('Name the folder for the archives.');
  for (const archive of await packInto(folder)) console.log(archive);
  for (const other of others) cpSync(folder, other, { recursive: true });
}

/** @returns {Promise<string[]>} the archives of `evergreen-auth` and of the workspaces */
export async function packInto(folder, workspaces = WORKSPACES) {
  mkdirSync(folder, { recursive: true });
  const archives = [await pack(folder)];
  // One after the other: packing changes package.json for a while.
  for (const name of workspaces) archives.push(await pack(folder, '-w', name));
  return archives;
}

async function pack(folder, ...options) {
  const args = ['pack', '--json', '--pack-destination', resolve(folder), ...options];
  const output = await run('npm', args, { cwd: ROOT });
  // Scripts that npm runs before it packs may have printed something, too.
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('[')));
  return join(folder, filename);
}
