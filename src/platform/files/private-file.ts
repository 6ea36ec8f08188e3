import { randomUUID } from 'node:crypto';
import {
  chownSync,
  existsSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/**
 * Writes a file with a secret, which only its owner can read. It replaces the file atomically: a
 * concurrent reader, or one after a power failure, gets the complete old or the complete new text.
 * It follows links, and an existing file keeps its owner.
 */
export function writePrivateFile(path: string, text: string): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const unfinished = `${target}.${randomUUID()}`;
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flush: true });
    // If root replaces the file, the server, which is another user, must still be able to read it.
    const owner = statSync(target, { throwIfNoEntry: false });
    if (owner) chownSync(unfinished, owner.uid, owner.gid);
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
