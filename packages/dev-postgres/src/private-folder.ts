import { chmod, lstat, mkdtemp, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writePrivateFile } from './private-file.js';

/** Survives a restart of the machine, unlike /tmp. */
const parentFolder = '/var/tmp';
const namePrefix = 'evergreen-';

/**
 * The folder in a public place that the data folder remembers in its file `postgres-location`;
 * `undefined` where none is named, or where the name leads to something that root did not make.
 */
export async function findPrivateFolder(dataFolder: string): Promise<string | undefined> {
  const named = (await readFile(recordIn(dataFolder), 'utf8').catch(() => '')).trim();
  return (await isOurs(named)) ? named : undefined;
}

/**
 * The remembered folder, or a new one. Others may pass through it to what they know the name of,
 * and neither list nor write it.
 */
export async function openPrivateFolder(dataFolder: string): Promise<string> {
  return (await findPrivateFolder(dataFolder)) ?? (await makePrivateFolder(dataFolder));
}

function recordIn(dataFolder: string): string {
  return join(dataFolder, 'postgres-location');
}

/**
 * Anybody may make folders and links in the parent: what they put there must not become our
 * database.
 */
async function isOurs(folder: string): Promise<boolean> {
  if (dirname(folder) !== parentFolder || !basename(folder).startsWith(namePrefix)) return false;
  const found = await lstat(folder).catch(() => undefined);
  return (
    found !== undefined &&
    found.isDirectory() &&
    found.uid === process.getuid?.() &&
    (found.mode & 0o022) === 0
  );
}

async function makePrivateFolder(dataFolder: string): Promise<string> {
  const folder = await mkdtemp(join(parentFolder, namePrefix));
  await chmod(folder, 0o711);
  await writePrivateFile(recordIn(dataFolder), `${folder}\n`);
  return folder;
}
