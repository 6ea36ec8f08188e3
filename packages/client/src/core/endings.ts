import type { AuthError } from './errors.js';
import { callApi } from './http/api.js';
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
    (client.record.endings ?? []).map((token) =>
      token
        ? tellServer(client, token)
        : // A late response would take the cookie of the sign-in that comes next.
          exclusively(client, client.timeoutMs, () => tellServer(client, token)),
    ),
  );
}

async function tellServer(client: ClientState, token: string): Promise<void> {
  try {
    const { session, endings } = client.record;
    // The cookie is of the next session by now, or another tab has told of it.
    const isOvertaken = !token && (!!session || !endings?.length);
    if (!isOvertaken)
      await callApi(client, '/api/auth/logout', { token, keepalive: true, withCookie: !token });
  } catch (error) {
    if ((error as AuthError).retryable) {
      tellLater(client);
      return;
    }
  }
  await forgetEnding(client, token);
}

function tellLater(client: ClientState): void {
  client.stopEndingsTimer?.();
  if (client.phase === 'disposed') return;
  client.stopEndingsTimer = client.clock.setTimer(() => void flushEndings(client), PAUSE_MS, true);
}

/** The server knows of this one. */
export function forgetEnding(client: ClientState, token: string | undefined): Promise<unknown> {
  return update(client, (record) => ({
    ...record,
    endings: client.cookieTransport
      ? undefined
      : record.endings?.filter((other) => other !== token),
  }));
}
