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
 * Writes a file that holds a secret, for its owner alone to read. Whoever reads it meanwhile finds
 * the old text or the new one, whole, and after a power failure, too. A link is followed, and a file
 * that is there keeps its owner.
 */
export function writePrivateFile(path: string, text: string): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const unfinished = `${target}.${randomUUID()}`;
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flush: true });
    // An administrator's new file must not be one that the server, another user, cannot read.
    const owner = statSync(target, { throwIfNoEntry: false });
    if (owner) chownSync(unfinished, owner.uid, owner.gid);
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
