import type { AuthError } from './errors.js';
import { callApi } from './http/api.js';
import { isToken, type Session, type TokenResponse } from './record/record.js';
import { update } from './record/shared-record.js';
import type { ClientState } from './state.js';
import { exclusively } from './tabs/mutex.js';

/** How long a server that could not be told of a sign-out is left alone. */
const PAUSE_MS = 30_000;

/**
 * Tells the server which sessions have ended here. They stand in the record until it knows, however
 * often the page is closed meanwhile. Resolves when it has been told of each once; what has failed
 * is tried again later. Never rejects.
 */
export async function flushEndings(client: ClientState): Promise<void> {
  client.stopEndingsTimer?.();
  await Promise.all(
    (client.record.endings ?? []).map((ending) =>
      isToken(ending)
        ? tellServer(client, ending)
        : // A late response would take the cookie of the sign-in that comes next.
          exclusively(client, client.timeoutMs, () => tellServer(client, ending)),
    ),
  );
}

async function tellServer(client: ClientState, ending: string): Promise<void> {
  const byToken = isToken(ending);
  try {
    const { session, endings } = client.record;
    // The cookie is of the next session by now, or another tab has told of it.
    const isOvertaken = !byToken && (!!session || !endings?.includes(ending));
    // A redirect may have replaced the cookie, which script cannot see: so the session is named.
    const how = byToken ? { token: ending } : { body: { session_id: ending } };
    if (!isOvertaken)
      await callApi(client, '/api/auth/logout', { ...how, keepalive: true, withCookie: !byToken });
  } catch (error) {
    if ((error as AuthError).retryable) {
      tellLater(client);
      return;
    }
  }
  await forgetEnding(client, ending);
}

function tellLater(client: ClientState): void {
  client.stopEndingsTimer?.();
  if (client.phase === 'disposed') return;
  client.stopEndingsTimer = client.clock.setTimer(() => void flushEndings(client), PAUSE_MS, true);
}

/** The server knows of this one. */
export function forgetEnding(client: ClientState, ending: string): Promise<unknown> {
  return update(client, (record) => ({
    ...record,
    endings: record.endings?.filter((other) => other !== ending),
  }));
}

/** By what the server can be told of the end of a session whose cookie the browser still has. */
export function endingOf(
  { cookieTransport }: ClientState,
  { refresh_token, access_token, session_id }: Session | TokenResponse,
): string {
  return refresh_token ?? ((!cookieTransport && access_token) || session_id);
}
