import { AuthError } from '../errors.js';
import { inTime } from '../in-time.js';
import type { ClientState } from '../state.js';
import { atRest, type AuthRecord, identified, later, signedOut } from './record.js';

const STORAGE_TIMEOUT_MS = 3_000;

/** A storage that has not responded twice is not waited for so long again. */
const SHORTER_WHERE_SILENT = 10;

/** Takes the record of another tab, if it is later than the one at hand. */
export function adopt(client: ClientState, record: AuthRecord): void {
  const { clock } = client;
  const before = client.record.session?.access_token;
  client.record = later(client.record, record);
  const { access_token, receivedAt = 0 } = client.record.session ?? {};
  if (access_token === before) return;
  const ageMs = clock.now() - receivedAt;
  // What was received in the future, since the calendar has been set back, may be of any age.
  client.tokenSince = clock.monotonic() - (ageMs < 0 ? Infinity : ageMs);
}

/**
 * Milliseconds that the access token is good for; none where there is none. From the token's
 * lifetime and the time since it was received; never from its `exp`, which is by another clock.
 * While a device sleeps the monotonic clock may stand still, and the calendar may be set at any
 * time. The one that has moved further counts, since a refresh too early costs little.
 */
export function remainingMs({ clock, record, tokenSince = 0 }: ClientState): number {
  const { access_token, expires_in = 0, receivedAt = 0 } = record.session ?? {};
  return access_token
    ? expires_in * 1000 - Math.max(clock.monotonic() - tokenSince, clock.now() - receivedAt)
    : 0;
}

/**
 * Changes what all tabs share, in one transaction, and resolves with it once it is stored. A
 * storage that is full or broken costs no session: then it is changed for this tab alone, and
 * stored with the next change. Rejects with an AuthError where nothing could be read yet.
 *
 * @param unread replaces what cannot be read
 */
export async function update(
  client: ClientState,
  change: (record: AuthRecord) => AuthRecord,
  unread = false,
): Promise<AuthRecord> {
  const { clock, store } = client;
  const timeoutMs = store.storage?.timeoutMs ?? STORAGE_TIMEOUT_MS;
  let changed: AuthRecord | undefined;

  const saved = store.update((stored) => {
    client.hasBeenRead ||= !unread;
    const before = stored ? merged(client.record, stored) : whereGone(client);
    client.wasStored = !!stored;
    changed = change(identified(before));
    const next = atRest(changed, client.cookieTransport);
    return JSON.stringify(next) === JSON.stringify(stored) ? undefined : next;
  }, unread && !client.hasBeenRead);
  const settled = saved.then(() => {
    client.hasBeenRead = true;
    client.storeTimeouts = 0;
  });
  try {
    const isSilent = (client.storeTimeouts ?? 0) > 1;
    await inTime(clock, timeoutMs / (isSilent ? SHORTER_WHERE_SILENT : 1), undefined, settled);
  } catch (error) {
    client.storeTimeouts = (client.storeTimeouts ?? 0) + 1;
    const isUnknown = !client.hasBeenRead && !client.record.session;
    if (isUnknown && !unread && error instanceof AuthError) throw error;
  }
  const record = changed ?? change(identified(client.record));
  adopt(client, record);
  return record;
}

/**
 * The session may be known better here than it is stored; who may refresh, and when, is known best
 * where all tabs look.
 */
function merged(known: AuthRecord, stored: AuthRecord): AuthRecord {
  const { deviceId, lease, retry } = stored;
  return { ...later(known, stored), deviceId, lease, retry };
}

/** Somebody who clears the data of a site wants to be signed out there. */
function whereGone({ record, wasStored }: ClientState): AuthRecord {
  return wasStored && record.session ? signedOut(record, 'signed_out') : record;
}
