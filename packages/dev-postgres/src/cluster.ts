import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { programEnvironment, programIn } from './binaries.js';
import type { Location } from './location.js';
import { writePrivateFile } from './private-file.js';

/** The role that owns everything in the cluster. */
export const superuser = 'evergreen';

/** Where the password of the cluster's superuser is kept. */
export function passwordFileIn(dataFolder: string): string {
  return join(dataFolder, 'postgres-password');
}

/** The password, made once, before the cluster that will ask for it. */
export async function keepPassword(dataFolder: string): Promise<string> {
  const kept = await readFile(passwordFileIn(dataFolder), 'utf8').catch(() => '');
  if (kept !== '') return kept.trim();

  const password = randomBytes(32).toString('base64url');
  await writePrivateFile(passwordFileIn(dataFolder), `${password}\n`);
  return password;
}

/** Whether a complete cluster is there. */
export async function isCluster(clusterFolder: string): Promise<boolean> {
  const isFile = (name: string): Promise<boolean> =>
    stat(join(clusterFolder, name)).then(
      (found) => found.isFile(),
      () => false,
    );
  return (await isFile('PG_VERSION')) && (await isFile('global/pg_control'));
}

/**
 * Makes a cluster, in UTF-8, whose superuser needs the password. It is made beside its place and
 * moved there when it is whole; whatever is in that place is set aside, never deleted.
 */
export async function makeCluster(location: Location, password: string): Promise<void> {
  await removeNurseries(location.clusterFolder);
  const nursery = await mkdtemp(nurseryPrefix(location.clusterFolder));
  try {
    const unfinished = await initialise(location, password, nursery);
    await setAside(location.clusterFolder);
    await rename(unfinished, location.clusterFolder);
  } finally {
    await removeFolder(nursery);
  }
}

function nurseryPrefix(clusterFolder: string): string {
  return `${clusterFolder}.new-`;
}

/** What an interrupted start left behind. */
async function removeNurseries(clusterFolder: string): Promise<void> {
  const prefix = basename(nurseryPrefix(clusterFolder));
  const names = (await readdir(dirname(clusterFolder))).filter((name) => name.startsWith(prefix));
  await Promise.all(names.map((name) => removeFolder(join(dirname(clusterFolder), name))));
}

async function initialise(
  { binariesFolder, user }: Location,
  password: string,
  nursery: string,
): Promise<string> {
  const unfinished = join(nursery, 'cluster');
  const passwordFile = join(nursery, 'password');
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user) {
    await chmod(nursery, 0o711);
    await Promise.all([unfinished, passwordFile].map((path) => chown(path, user.uid, user.gid)));
  }
  await runInitdb(binariesFolder, { ...user, cwd: '/', env: programEnvironment }, [
    `--pgdata=${unfinished}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    // Unlike plain C it knows upper and lower case of all letters, and unlike the system's locales
    // it is the same everywhere.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  return unfinished;
}

async function runInitdb(
  binariesFolder: string,
  options: object,
  settings: string[],
): Promise<void> {
  try {
    await promisify(execFile)(programIn(binariesFolder, 'initdb'), settings, options);
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL could not make its cluster; DATABASE_URL would name another. ${String(cause)}`,
      { cause },
    );
  }
}

async function setAside(clusterFolder: string): Promise<void> {
  const isThere = await stat(clusterFolder).catch(() => undefined);
  if (isThere) await rename(clusterFolder, `${clusterFolder}.damaged-${Date.now()}`);
}

/**
 * An initdb may outlive the process that was killed over it, and go on writing for a moment: what
 * cannot be removed now can later.
 */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
}
