import { type AuthClock, sleep } from './clock.js';
import type { AuthRecord, Lease } from './record.js';
import type { SharedRecord } from './shared-record.js';

/** How long the right to refresh lasts. Two that refresh at once, because one was frozen, get the same answer from the server. */
export const REFRESH_LEASE_MS = 2_500;

const LONGEST_LEASE_MS = 60_000;
const LOOK_AGAIN_AFTER_MS = 100;

/**
 * Runs `work` while nobody else runs theirs: in this tab one after the other, and across tabs under a Web Lock where there is one, which the
 * browser takes back from tabs that crash, and under a lease in the record, which runs out on tabs that are frozen.
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

export function acrossTabs(shared: SharedRecord, clock: AuthClock, name: string, owner: string, locks: LockManager | undefined): Section {
  return async (leaseMs, work) => {
    const unlock = await takeLock();
    try {
      await takeLease(leaseMs, unlock !== undefined);
      return await work();
    } finally {
      await shared.update((record) => (record.lease?.owner === owner ? { ...record, lease: undefined } : record), true);
      unlock?.();
    }
  };

  /** The lock's release, or nothing where there are no locks, or its holder keeps it longer than anybody alive. */
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

  async function takeLease(leaseMs: number, locked: boolean): Promise<void> {
    const tryToTake = (record: AuthRecord) => {
      const now = clock.now();
      return isHeldByAnother(record.lease, now, locked) ? record : { ...record, lease: { owner, until: now + leaseMs, locked } };
    };
    while ((await shared.update(tryToTake, true)).lease?.owner !== owner) await sleep(clock, LOOK_AGAIN_AFTER_MS);
  }

  function isHeldByAnother(lease: Lease | undefined, now: number, locked: boolean): boolean {
    if (!lease || lease.owner === owner) return false;
    if (locked && lease.locked) return false;
    // One that seems to last longer than any does was written before the calendar was set back.
    return now < lease.until && lease.until <= now + LONGEST_LEASE_MS;
  }
}
