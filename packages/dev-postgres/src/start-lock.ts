import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './error-code.js';
import { isAlive } from './processes.js';

const pollMilliseconds = 20;
const heartbeatMilliseconds = 1_000;
/**
 * After a restart of the machine or container the holder's number may belong to somebody else: a
 * lock that does not beat is dead.
 */
const abandonedAfterMilliseconds = 10_000;

/**
 * Runs the task while no other process of this data folder starts or stops PostgreSQL.
 *
 * It keeps them from working twice, not from harm: a cluster appears by one rename, and PostgreSQL
 * itself never lets two servers open it. So a lock whose holder is gone may be taken over without
 * ceremony.
 */
export async function withLock<T>(lockFile: string, task: () => Promise<T>): Promise<T> {
  while (!(await take(lockFile))) {
    if (await isAbandoned(lockFile)) await rm(lockFile, { force: true });
    else await sleep(pollMilliseconds);
  }
  const heartbeat = setInterval(() => void beat(lockFile), heartbeatMilliseconds).unref();
  try {
    return await task();
  } finally {
    clearInterval(heartbeat);
    await rm(lockFile, { force: true });
  }
}

async function take(lockFile: string): Promise<boolean> {
  try {
    await writeFile(lockFile, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    // Somebody deleted the whole data folder: nobody is left to be kept out, and the server must
    // still be stopped.
    if (codeOf(error) === 'ENOENT') return true;
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(lockFile: string): Promise<boolean> {
  const [text, found] = await Promise.all([
    readFile(lockFile, 'utf8').catch(() => ''),
    stat(lockFile).catch(() => undefined),
  ]);
  if (!found) return false;
  return (
    (text !== '' && !isAlive(Number(text))) ||
    Date.now() - found.mtimeMs > abandonedAfterMilliseconds
  );
}

async function beat(lockFile: string): Promise<void> {
  const now = new Date();
  await utimes(lockFile, now, now).catch(() => undefined);
}
