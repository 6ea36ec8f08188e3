import { type AuthClock, sleep } from './clock.js';
import type { SharedRecord } from './shared-record.js';
import { waitMs } from './timing.js';

/**
 * How long the right to refresh lasts. Two that refresh at once, because one was frozen, get the
 * same answer from the server.
 */
export const REFRESH_LEASE_MS = 2_500;

const LOOK_AGAIN_AFTER_MS = 100;

/**
 * Runs `work` while nobody else runs theirs: in this tab one after the other, and across tabs under
 * a Web Lock where there is one, which the browser takes back from tabs that crash, and under a
 * lease in the record, which runs out on tabs that are frozen.
 */
export type Section = <T>(leaseMs: number, work: () => Promise<T>) => Promise<T>;

/** One after the other in this tab; `inside` keeps other tabs out, where there are any. */
export function createSection(inside?: Section): Section {
  let last: Promise<unknown> = Promise.resolve();
  return (leaseMs, work) => {
    const result = last.then(() => (inside ? inside(leaseMs, work) : work()));
    last = result.catch(() => {});
    return result;
  };
}

export function acrossTabs(
  shared: SharedRecord,
  clock: AuthClock,
  name: string,
  owner: string,
  locks: LockManager | undefined,
): Section {
  return async (leaseMs, work) => {
    const unlock = await takeLock();
    try {
      while (!(await takesLease(leaseMs))) await sleep(clock, LOOK_AGAIN_AFTER_MS);
      return await work();
    } finally {
      await shared.update(
        (record) => (record.lease?.owner === owner ? { ...record, lease: undefined } : record),
        true,
      );
      unlock?.();
    }
  };

  /**
   * The lock's release, or nothing where there are no locks, or its holder keeps it longer than
   * anybody alive.
   */
  function takeLock(): Promise<(() => void) | undefined> {
    return new Promise((resolve) => {
      if (!locks) return resolve(undefined);
      const patience = new AbortController();
      const stopWaiting = clock.setTimer(() => patience.abort(), REFRESH_LEASE_MS);
      locks
        .request(name, { signal: patience.signal }, () => {
          stopWaiting();
          return new Promise<void>((release) => resolve(release));
        })
        .catch(() => resolve(undefined));
    });
  }

  async function takesLease(leaseMs: number): Promise<boolean> {
    const now = clock.now();
    const { lease } = await shared.update((record) => {
      const isOthers =
        record.lease && record.lease.owner !== owner && waitMs(record.lease.until, now) > 0;
      return isOthers ? record : { ...record, lease: { owner, until: now + leaseMs } };
    }, true);
    return lease?.owner === owner;
  }
}
