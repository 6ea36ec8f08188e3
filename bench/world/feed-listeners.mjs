import { fork } from 'node:child_process';
import { once } from 'node:events';

/** By the monotonic clock, which all processes of a machine share. */
export function nowMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * Starts `count` listeners of the feed of one instance, in a process of their own, and waits until
 * each has its snapshot.
 *
 * @param mode `drain`: they read, and look at nothing; otherwise `receivedAtMs` is known
 */
export async function startListeners(url, token, count, mode = 'note') {
  const child = fork('bench/servers/feed-listeners.mjs', [url, token, String(count), mode]);
  const receivedAtMs = new Map();
  let closed = 0;
  const waiting = new Map();
  const isReady = new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('The listeners have ended.')));
    child.on('message', ({ ready, id, atMs, closed: isClosed }) => {
      if (ready) resolve();
      if (isClosed) closed += 1;
      if (id === undefined) return;
      receivedAtMs.set(id, atMs);
      waiting.get(id)?.(atMs);
    });
  });
  await isReady;
  return {
    pid: child.pid,
    /** How many streams have ended. */
    get closed() {
      return closed;
    },
    /** When the last of them received the ending of a session, by `nowMs`. */
    lastReceived: (id) =>
      receivedAtMs.has(id)
        ? Promise.resolve(receivedAtMs.get(id))
        : new Promise((resolve) => waiting.set(id, resolve)),
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
