import type { AuthClock } from './clock.js';
import { AuthError } from './errors.js';
import { inTime } from './in-time.js';
import { atRest, type AuthRecord, emptyRecord, later } from './record.js';
import type { RecordStore } from './storage/storage.js';
import { type Received, remainingMs } from './timing.js';

const STORAGE_TIMEOUT_MS = 3_000;

/** The record as this tab knows it. */
export interface SharedRecord {
  readonly current: AuthRecord;
  /** Milliseconds that the access token is good for; none where there is none. */
  remainingMs(): number;
  /**
   * Changes what all tabs share, at one stroke, and resolves with it once it is safe. A storage that is full or out of order costs no session:
   * then it is changed for this tab alone, and stored with the next change. Rejects where nothing has ever been read.
   *
   * @param unread replaces what cannot be read
   */
  update(change: (record: AuthRecord) => AuthRecord, unread?: boolean): Promise<AuthRecord>;
  /** Takes what another tab has told, if it is news. */
  adopt(record: AuthRecord): void;
}

export function createSharedRecord(store: RecordStore, clock: AuthClock, cookieTransport: boolean): SharedRecord {
  let known = emptyRecord();
  let hasBeenRead = false;
  let received: Received = { now: 0, monotonic: 0 };

  function adopt(record: AuthRecord): void {
    const before = known.session?.accessToken;
    known = later(known, record);
    const { accessToken, receivedAt = 0 } = known.session ?? {};
    if (accessToken !== before) received = { now: receivedAt, monotonic: clock.monotonic() - age(receivedAt) };
  }

  /** What was received in the future, since the calendar has been set back, may be of any age. */
  function age(receivedAt: number): number {
    const milliseconds = clock.now() - receivedAt;
    return milliseconds < 0 ? Infinity : milliseconds;
  }

  async function update(change: (record: AuthRecord) => AuthRecord, unread = false): Promise<AuthRecord> {
    let changed: AuthRecord | undefined;
    const save = () =>
      store.update((stored) => {
        hasBeenRead ||= !unread;
        changed = change(stored ? merged(known, stored) : known);
        const next = atRest(changed, cookieTransport);
        return JSON.stringify(next) === JSON.stringify(stored) ? undefined : next;
      }, unread && !hasBeenRead);
    /** A browser that has closed the connection opens another one. */
    const again = (error: unknown) => (error instanceof AuthError ? Promise.reject(error) : save());
    try {
      await inTime(clock, STORAGE_TIMEOUT_MS, undefined, save().catch(again));
      hasBeenRead = true;
    } catch (error) {
      if (!hasBeenRead && !unread) throw error;
    }
    const record = changed ?? change(known);
    adopt(record);
    return record;
  }

  return {
    get current() {
      return known;
    },
    remainingMs: () =>
      known.session?.accessToken
        ? remainingMs(known.session.expiresInSeconds, received, { now: clock.now(), monotonic: clock.monotonic() })
        : 0,
    update,
    adopt,
  };
}

/** The session may be known better here than it is stored; who may refresh, and when, is known best where all tabs look. */
function merged(known: AuthRecord, stored: AuthRecord): AuthRecord {
  return { ...later(known, stored), deviceId: stored.deviceId, lease: stored.lease, retry: stored.retry };
}
