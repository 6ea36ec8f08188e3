import { rename, writeFile } from 'node:fs/promises';

/**
 * Writes a file that only its owner reads; it is there with all of its text, or not at all, even
 * after a power failure half way.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.new`;
  await writeFile(unfinished, text, { mode: 0o600, flush: true });
  await rename(unfinished, path);
}
