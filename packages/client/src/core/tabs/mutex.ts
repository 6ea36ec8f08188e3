import { sleep } from '../clock.js';
import { randomId } from '../record/record.js';
import { update } from '../record/shared-record.js';
import { waitMs } from '../refresh/timing.js';
import type { ClientState } from '../state.js';

/**
 * How long the right to refresh lasts. Two that refresh at once, because one was frozen, get the
 * same response from the server.
 */
export const REFRESH_LEASE_MS = 2_500;

const LOOK_AGAIN_AFTER_MS = 100;

/**
 * Runs `work` while nobody else runs theirs: in this tab one after the other, and across tabs under
 * a Web Lock where there is one, which the browser takes back from tabs that crash, and under a
 * lease in the record, which runs out on tabs that are frozen.
 */
export function exclusively<T>(
  client: ClientState,
  leaseMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const result = client.lastWork.then(() =>
    client.isShared ? acrossTabs(client, leaseMs, work) : work(),
  );
  client.lastWork = result.catch(() => {});
  return result;
}

async function acrossTabs<T>(
  client: ClientState,
  leaseMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const owner = (client.lockOwner ||= randomId());
  const unlock = await takeLock(client);
  try {
    while (!(await takesLease(client, owner, leaseMs, !!unlock)))
      await sleep(client.clock, LOOK_AGAIN_AFTER_MS);
    return await work();
  } finally {
    await update(
      client,
      (record) => (record.lease?.owner === owner ? { ...record, lease: undefined } : record),
      true,
    );
    unlock?.();
  }
}

/**
 * The lock's release, or nothing where there are no locks, or its holder has not released it in
 * time.
 */
function takeLock({ clock, key, locks }: ClientState): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    if (!locks) return resolve(undefined);
    const patience = new AbortController();
    const stopWaiting = clock.setTimer(() => patience.abort(), REFRESH_LEASE_MS);
    locks
      .request(key, { signal: patience.signal }, () => {
        stopWaiting();
        return new Promise<void>((release) => resolve(release));
      })
      .catch(() => resolve(undefined));
  });
}

/** Where both have the lock, the other one has it no more: that tab has been closed. */
async function takesLease(
  client: ClientState,
  owner: string,
  leaseMs: number,
  isLocked: boolean,
): Promise<boolean> {
  const now = client.clock.now();
  const { lease } = await update(
    client,
    (record) => {
      const { lease: present } = record;
      const isOthers =
        present &&
        present.owner !== owner &&
        !(isLocked && present.isLocked) &&
        waitMs(present.until, now) > 0;
      return isOthers ? record : { ...record, lease: { owner, until: now + leaseMs, isLocked } };
    },
    true,
  );
  return lease?.owner === owner;
}
