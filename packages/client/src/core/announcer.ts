import type { AuthEvents, Listener } from './events.js';
import type { AuthRecord } from './record.js';
import { LOADING, type Snapshot, snapshotOf } from './snapshot.js';

/** What is known of the session before anything is known of it, and where it cannot be read. */
export type Phase = 'loading' | 'locked' | 'open';

/** Shows an application what has become of the session, and tells it of what has happened: of changes only, and never under a lock. */
export interface Announcer {
  readonly snapshot: Snapshot;
  /** Compares with what was shown last. */
  show(phase: Phase, record: AuthRecord, isOnline: boolean): void;
  tell<E extends keyof AuthEvents>(event: E, detail: AuthEvents[E]): void;
  subscribe(listener: () => void): () => void;
  on<E extends keyof AuthEvents>(event: E, listener: Listener<E>): () => void;
}

export function createAnnouncer(warn: (message: string, detail: unknown) => void): Announcer {
  const listeners = new Map<string, Set<(detail: never) => void>>();
  let snapshot = LOADING;
  let shown: AuthRecord | undefined;

  function listen(event: string, listener: (detail: never) => void): () => void {
    // The same function may listen twice, and each of them is to be removable.
    const entry = (detail: never) => listener(detail);
    const entries = listeners.get(event) ?? new Set();
    listeners.set(event, entries.add(entry));
    return () => void entries.delete(entry);
  }

  function tell(event: string, detail: unknown): void {
    for (const listener of [...(listeners.get(event) ?? [])]) {
      try {
        listener(detail as never);
      } catch (error) {
        warn(`A listener of ${event} has failed.`, error);
      }
    }
  }

  function show(phase: Phase, record: AuthRecord, isOnline: boolean): void {
    const before = snapshot;
    const next: Snapshot = phase === 'open' ? snapshotOf(record, isOnline) : phase === 'locked' ? { status: 'locked' } : LOADING;
    const past = shown;
    shown = record;
    if (JSON.stringify(next) !== JSON.stringify(before)) {
      snapshot = next;
      tell('change', undefined);
    }
    if (past) tellDifference(past, record, before);
    if (isOffline(next) && !isOffline(before)) tell('offline', {});
  }

  function tellDifference(past: AuthRecord, { session, reason = 'none' }: AuthRecord, before: Snapshot): void {
    if (!session) {
      if (past.session) tell(reason === 'signed_out' ? 'signedOut' : 'sessionExpired', { reason });
    } else if (past.session?.id !== session.id) {
      if (before.status === 'unauthenticated' || past.session) tell('signedIn', { user: session.user });
    } else if (session.accessToken && past.session.accessToken !== session.accessToken) {
      tell('tokenRefreshed', { expiresAt: session.receivedAt + session.expiresInSeconds * 1000 });
    }
  }

  return {
    get snapshot() {
      return snapshot;
    },
    show,
    tell,
    subscribe: (listener) => listen('change', listener),
    on: listen,
  };
}

function isOffline(snapshot: Snapshot): boolean {
  return snapshot.status === 'authenticated' && snapshot.degraded === 'offline';
}
