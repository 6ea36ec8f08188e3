import { api, ApiError } from './api.js';

/** A session, as the API lists it. */
export interface SessionDetails {
  readonly id: string;
  readonly device_name: string;
  readonly ip: string | null;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
  /** `key` if its tokens are of use only with a key that never leaves its device. */
  readonly binding: string;
}

/** One of the user's own sessions. */
export interface OwnSession extends SessionDetails {
  readonly current: boolean;
}

interface SessionPage {
  readonly sessions: OwnSession[];
  readonly next_cursor: string | null;
}

/** Nobody reads more. */
const MAX_PAGES = 10;

/** The user's live sessions: that of this device first, then the last used. */
export async function listSessions(signal: AbortSignal): Promise<OwnSession[]> {
  const sessions: OwnSession[] = [];
  let cursor: string | null = '';
  for (let page = 0; page < MAX_PAGES && cursor !== null; page++) {
    const query: string = cursor && `?cursor=${encodeURIComponent(cursor)}`;
    const response: SessionPage = await api(`/api/sessions${query}`, { signal });
    sessions.push(...response.sessions);
    cursor = response.next_cursor;
  }
  return sessions.sort((one, other) => Number(other.current) - Number(one.current));
}

/** Ends one of the user's sessions. One that has ended already is no error. */
export async function endSession({ id }: { readonly id: string }): Promise<void> {
  await ignoringGone(api(`/api/sessions/${id}`, { method: 'DELETE' }));
}

/** Waits for a request; what it was about may be gone already. */
export async function ignoringGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
