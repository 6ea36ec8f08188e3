import { claimsOf } from '../record/claims.js';
import { type AuthRecord, EMPTY_RECORD } from '../record/record.js';
import { indexedDbStore } from './indexed-db.js';
import type { RecordStore } from './storage.js';

const ACCESS_TOKEN = 'access_token';
const REFRESH_TOKEN = 'refresh_token';

/**
 * For applications that have kept their tokens in `localStorage`, as `access_token` and
 * `refresh_token`: who is signed in stays so. The record itself is in IndexedDB, which all tabs see
 * alike; the two entries follow it, so that code which still reads them, and tabs of an earlier
 * release, go on working.
 *
 * @example createAuthClient({ baseUrl, storage: localStorageTokens })
 */
export function localStorageTokens(key: string): RecordStore {
  const store = indexedDbStore(key);
  return {
    ...store,
    async update(decide, unread) {
      let kept: AuthRecord | undefined;
      await store.update((stored) => {
        const taken = takeOver(stored);
        kept = decide(taken) ?? (taken === stored ? undefined : taken);
        return kept;
      }, unread);
      if (kept) mirror(kept);
    },
  };
}

/**
 * Taken over at first, and whenever a tab of an earlier release has refreshed since: the older
 * token would count as stolen.
 */
function takeOver(stored: AuthRecord | undefined): AuthRecord | undefined {
  const refreshToken = entry(REFRESH_TOKEN);
  const accessToken = entry(ACCESS_TOKEN);
  const token = refreshToken ?? accessToken;
  const { session: known } = stored ?? {};
  const isNews = !stored || (known && isLater(token, known.refresh_token ?? known.access_token));
  if (!token || !isNews) return stored;
  const { sid, sub } = claimsOf(token);
  if (!sid || !sub) return stored;
  const { generation, deviceId } = stored ?? EMPTY_RECORD;
  // How long the access token is still good for, nobody knows; so it is replaced before it is used.
  const session = {
    session_id: sid,
    user: { id: sub, email: '' },
    access_token: accessToken,
    refresh_token: refreshToken,
    expires_in: 0,
    receivedAt: 0,
  };
  return { generation: generation + 1, deviceId, session };
}

/** `iat` counts in seconds, `gen` the refreshes since the last sign-in or change of password. */
function isLater(token: string | undefined, known: string | undefined): boolean {
  const [{ iat = 0, gen = 0 }, than] = [claimsOf(token), claimsOf(known)];
  return (iat - (than.iat ?? 0) || gen - (than.gen ?? 0)) > 0;
}

function mirror({ session }: AuthRecord): void {
  setEntry(ACCESS_TOKEN, session?.access_token);
  setEntry(REFRESH_TOKEN, session?.refresh_token);
}

function entry(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

function setEntry(name: string, value: string | undefined): void {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // Full, or forbidden: the record itself is elsewhere.
  }
}
