import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { programIn } from './binaries.js';

/** Whom PostgreSQL runs as, where it is not the user of this process. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The owner of an existing cluster, for nobody else can serve it; `undefined` where there is none,
 * or where it is root.
 */
export async function ownerOf(folder: string): Promise<ServerUser | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

/** The unprivileged user `nobody`, which every system has. */
export async function nobody(): Promise<ServerUser> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, , uid, gid] = users.match(/^nobody:.*$/m)?.[0].split(':') ?? [];
  if (!uid || !gid)
    throw new Error(
      'PostgreSQL does not run as root, and there is no user "nobody" here: set DATABASE_URL, or start as another user.',
    );
  return { uid: toUnsigned(uid), gid: toUnsigned(gid) };
}

// The kernel is asked, by doing it, rather than the mode bits of every parent: it alone knows of
// access lists and mounts.

/**
 * Whether this process may start others as the user; not even root may, where its capabilities were
 * taken away.
 */
export function canAct(user: ServerUser): Promise<boolean> {
  return canEnter(user, '/');
}

/** Whether the user reaches what lies in the folder. */
export function canEnter(user: ServerUser, folder: string): Promise<boolean> {
  return succeeds(user, '/bin/sh', ['-c', 'cd "$0"', folder]);
}

/** Whether the user can run PostgreSQL from the folder of a build. */
export function canRun(user: ServerUser, binariesFolder: string): Promise<boolean> {
  return succeeds(user, programIn(binariesFolder, 'postgres'), ['--version']);
}

/** macOS writes the number of nobody as -2. */
function toUnsigned(id: string): number {
  return Number(id) >>> 0;
}

async function succeeds(
  user: ServerUser,
  program: string,
  programArguments: string[],
): Promise<boolean> {
  try {
    await promisify(execFile)(program, programArguments, { ...user, cwd: '/', env: {} });
    return true;
  } catch {
    return false;
  }
}
