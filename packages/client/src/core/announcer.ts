import type { AuthEvents } from './events.js';
import type { Logger } from './options.js';
import type { AuthRecord } from './record/record.js';
import { type Degraded, type Snapshot, snapshotOf } from './snapshot.js';
import type { ClientState } from './state.js';

const WARNINGS = ['refreshFailed', 'expiresSoon', 'reauthRequired'];

/** Calls back at each event of this name, until what it returns is called. */
export function listen(
  { listeners }: ClientState,
  event: string,
  listener: (detail: never) => void,
): () => void {
  const group = (listeners[event] ??= new Set());
  group.add(listener);
  return () => void group.delete(listener);
}

/** Tells an application of what has happened: never inside the mutex. */
export function tell<E extends keyof AuthEvents>(
  client: ClientState,
  event: E | 'change',
  detail: Partial<AuthEvents[E]> & { readonly error?: unknown } = {},
): void {
  const level = event === 'change' ? 'debug' : WARNINGS.includes(event) ? 'warn' : 'info';
  log(client, level, event, detail.error);
  client.listeners[event]?.forEach((listener) => {
    try {
      listener(detail as never);
    } catch (error) {
      log(client, 'warn', `A listener of ${event} has failed.`, error);
    }
  });
}

export function log(
  { logger }: ClientState,
  level: keyof Logger,
  message: string,
  detail?: unknown,
): void {
  logger?.[level]?.(message, detail);
}

/** Shows what has become of the session, and tells of what is not as it was shown last. */
export function showSnapshot(client: ClientState): void {
  const { phase, record, snapshot: before, shown: past } = client;
  if (phase === 'disposed') return;
  const next: Snapshot =
    phase === 'open'
      ? snapshotOf(record, client.isOnline)
      : { status: phase === 'loading' ? phase : 'locked' };
  // What is read when it is unlocked has not just happened.
  client.shown = next.status === 'locked' ? undefined : record;
  if (JSON.stringify(next) !== JSON.stringify(before)) {
    client.snapshot = next;
    tell(client, 'change');
  }
  if (past) tellDifference(client, past, record);
  if (isOffline(next) && !isOffline(before)) tell(client, 'offline');
}

function tellDifference(
  client: ClientState,
  past: AuthRecord,
  { session, reason = 'none' }: AuthRecord,
): void {
  if (!session) {
    if (past.session)
      tell(client, reason === 'signed_out' ? 'signedOut' : 'sessionExpired', { reason });
  } else if (past.session?.session_id !== session.session_id) {
    tell(client, 'signedIn', { user: session.user });
  } else if (session.access_token && past.session.access_token !== session.access_token) {
    tell(client, 'tokenRefreshed');
  }
}

function isOffline(snapshot: Snapshot): boolean {
  return (snapshot as { readonly degraded?: Degraded }).degraded === 'offline';
}
