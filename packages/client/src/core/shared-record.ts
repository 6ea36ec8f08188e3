import { AuthError } from './errors.js';
import { inTime } from './in-time.js';
import type { Settings } from './options.js';
import { atRest, type AuthRecord, emptyRecord, later } from './record.js';
import type { RecordStore } from './storage/storage.js';

const STORAGE_TIMEOUT_MS = 3_000;

/** The record as this tab knows it. */
export interface SharedRecord {
  readonly current: AuthRecord;
  /** Milliseconds that the access token is good for; none where there is none. */
  remainingMs(): number;
  /**
   * Changes what all tabs share, at one stroke, and resolves with it once it is safe. A storage
   * that is full or out of order costs no session: then it is changed for this tab alone, and
   * stored with the next change. Rejects with an AuthError where nothing could be read yet.
   *
   * @param unread replaces what cannot be read
   */
  update(change: (record: AuthRecord) => AuthRecord, unread?: boolean): Promise<AuthRecord>;
  /** Takes what another tab has told, if it is news. */
  adopt(record: AuthRecord): void;
}

export function createSharedRecord(
  { clock, cookieTransport }: Settings,
  store: RecordStore,
): SharedRecord {
  let known = emptyRecord();
  let hasBeenRead = false;
  /** When the access token was received, by the clock that only grows. */
  let anchor = 0;

  function adopt(record: AuthRecord): void {
    const before = known.session?.accessToken;
    known = later(known, record);
    const { accessToken, receivedAt = 0 } = known.session ?? {};
    if (accessToken === before) return;
    const ageMs = clock.now() - receivedAt;
    // What was received in the future, since the calendar has been set back, may be of any age.
    anchor = clock.monotonic() - (ageMs < 0 ? Infinity : ageMs);
  }

  /**
   * From the token's lifetime and the time since it was received; never from its `exp`, which is by
   * another clock. While a device sleeps the monotonic clock may stand still, and the calendar may
   * be set at any time: the one that has moved further is believed, since a refresh too early costs
   * little.
   */
  function remainingMs(): number {
    const { accessToken, expiresInSeconds = 0, receivedAt = 0 } = known.session ?? {};
    return accessToken
      ? expiresInSeconds * 1000 - Math.max(clock.monotonic() - anchor, clock.now() - receivedAt)
      : 0;
  }

  async function update(
    change: (record: AuthRecord) => AuthRecord,
    unread = false,
  ): Promise<AuthRecord> {
    let changed: AuthRecord | undefined;
    const save = () =>
      store.update((stored) => {
        hasBeenRead ||= !unread;
        changed = change(stored ? merged(known, stored) : known);
        const next = atRest(changed, cookieTransport);
        return JSON.stringify(next) === JSON.stringify(stored) ? undefined : next;
      }, unread && !hasBeenRead);
    /** A browser that has closed the connection opens another one. */
    const again = (error: unknown) =>
      error instanceof AuthError && error.code !== 'transaction_failed'
        ? Promise.reject(error)
        : save();
    try {
      await inTime(
        clock,
        store.storage?.timeoutMs ?? STORAGE_TIMEOUT_MS,
        undefined,
        save().catch(again),
      );
      hasBeenRead = true;
    } catch (error) {
      if (!hasBeenRead && !unread && error instanceof AuthError) throw error;
    }
    const record = changed ?? change(known);
    adopt(record);
    return record;
  }

  return {
    get current() {
      return known;
    },
    remainingMs,
    update,
    adopt,
  };
}

/**
 * The session may be known better here than it is stored; who may refresh, and when, is known best
 * where all tabs look.
 */
function merged(known: AuthRecord, stored: AuthRecord): AuthRecord {
  return {
    ...later(known, stored),
    deviceId: stored.deviceId,
    lease: stored.lease,
    retry: stored.retry,
  };
}
