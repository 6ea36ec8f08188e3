import { chmod, cp, mkdir, mkdtemp, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Binaries } from './binaries.js';
import { findPrivateFolder, openPrivateFolder } from './private-folder.js';
import {
  canAct,
  canEnter,
  canRun,
  isRoot,
  nobody,
  ownerOf,
  type ServerUser,
} from './server-user.js';

/** Where PostgreSQL runs from, what it serves, and as whom. */
export interface Location {
  readonly binariesFolder: string;
  readonly clusterFolder: string;
  /** `undefined`: as the user of this process. */
  readonly user?: ServerUser;
}

/**
 * Makes the data folder where it is missing and returns its true path. An existing one keeps its
 * mode: others keep secrets there.
 */
export async function openDataFolder(dataFolder: string): Promise<string> {
  const folder = resolve(dataFolder);
  const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
  // The server's user must pass through to its cluster; it need not see what else is there.
  if (isNew && isRoot()) await chmod(folder, 0o711);
  return realpath(folder);
}

/**
 * An ordinary user's cluster lies in `<data folder>/postgres`, served by the installed binaries.
 * For root, PostgreSQL runs as the cluster's owner or as nobody; what that user cannot reach
 * (`/root` is closed to others) goes to a private folder in a public place. The same place is found
 * again as long as the data folder is kept.
 */
export async function chooseLocation(dataFolder: string, binaries: Binaries): Promise<Location> {
  if (!isRoot()) return { binariesFolder: binaries.folder, clusterFolder: clusterIn(dataFolder) };

  const clusterFolder = await chooseClusterFolder(dataFolder);
  const user = await serverUserFor(clusterFolder);
  return {
    binariesFolder: await chooseBinariesFolder(user, binaries, dataFolder),
    clusterFolder,
    user,
  };
}

function clusterIn(folder: string): string {
  return join(folder, 'postgres');
}

async function serverUserFor(clusterFolder: string): Promise<ServerUser> {
  const user = (await ownerOf(clusterFolder)) ?? (await nobody());
  if (await canAct(user)) return user;
  throw new Error(
    'PostgreSQL does not run as root, and this root may not start it as another user: set DATABASE_URL.',
  );
}

async function chooseClusterFolder(dataFolder: string): Promise<string> {
  const privateFolder = await findPrivateFolder(dataFolder);
  if (privateFolder && (await exists(clusterIn(privateFolder)))) return clusterIn(privateFolder);

  const nearby = clusterIn(dataFolder);
  if (await canEnter(await serverUserFor(nearby), dataFolder)) return nearby;
  return clusterIn(await openPrivateFolder(dataFolder));
}

async function chooseBinariesFolder(
  user: ServerUser,
  binaries: Binaries,
  dataFolder: string,
): Promise<string> {
  if (await canRun(user, binaries.folder)) return binaries.folder;
  return copyOnce(binaries, await openPrivateFolder(dataFolder));
}

/**
 * The version is in the name, so that an upgrade is not served by the old copy; the copy appears
 * whole or not at all.
 */
async function copyOnce(binaries: Binaries, privateFolder: string): Promise<string> {
  const copy = join(privateFolder, `native-${binaries.version}`);
  if (await exists(copy)) return copy;

  const unfinished = await mkdtemp(`${copy}.new-`);
  try {
    await cp(binaries.folder, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    await openForReading(unfinished);
    await rename(unfinished, copy);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return copy;
}

/** What was installed under a strict umask is copied with its modes. */
async function openForReading(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || ((await stat(path)).mode & 0o100) !== 0;
    await chmod(path, isProgram ? 0o755 : 0o644);
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
