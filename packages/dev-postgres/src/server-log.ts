import { open, readFile, stat, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const largestBytes = 5_000_000;
const quotedLines = 15;

/**
 * What PostgreSQL says, in a file of the data folder: a pipe would break when the process that
 * started the server dies. It lies beside the cluster, not in it, because root writes it, and must
 * not follow a link that the server's unprivileged user could put in its place.
 */
export interface ServerLog {
  /** For a server to write to; one that has grown too large begins again. */
  open(): Promise<FileHandle>;
  /** The last lines written since this object was made. */
  tail(): Promise<string>;
}

/** The log of the data folder. */
export async function openServerLog(dataFolder: string): Promise<ServerLog> {
  const path = join(dataFolder, 'postgres.log');
  const sizeBefore = await sizeOf(path);
  const start = sizeBefore > largestBytes ? 0 : sizeBefore;
  if (start === 0 && sizeBefore > 0) await truncate(path);
  return { open: () => open(path, 'a', 0o600), tail: () => readTail(path, start) };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}

async function readTail(path: string, start: number): Promise<string> {
  const written = (await readFile(path).catch(() => Buffer.alloc(0)))
    .subarray(start)
    .toString('utf8');
  return written.trim().split('\n').slice(-quotedLines).join('\n');
}
