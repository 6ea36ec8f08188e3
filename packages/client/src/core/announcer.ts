import type { AuthEvents, Listener } from './events.js';
import type { AuthClientOptions } from './options.js';
import type { AuthRecord, Degraded } from './record.js';
import { type Snapshot, snapshotOf } from './snapshot.js';

/** What is known of the session before anything is known of it, and where it cannot be read. */
export type Phase = 'loading' | 'locked' | 'open';

/**
 * Shows an application what has become of the session, and tells it of what has happened: of
 * changes only, and never under a lock.
 */
export interface Announcer {
  readonly snapshot: Snapshot;
  /** Compares with what was shown last. */
  show(phase: Phase, record: AuthRecord, isOnline: boolean): void;
  tell<E extends keyof AuthEvents>(event: E, detail: AuthEvents[E]): void;
  subscribe(listener: () => void): () => void;
  on<E extends keyof AuthEvents>(event: E, listener: Listener<E>): () => void;
}

export function createAnnouncer(logger: AuthClientOptions['logger']): Announcer {
  const listeners = new Map<string, Set<(detail: never) => void>>();
  let snapshot: Snapshot = { status: 'loading' };
  let shown: AuthRecord | undefined;

  function listen(event: string, listener: (detail: never) => void): () => void {
    const group = listeners.get(event) ?? new Set();
    listeners.set(event, group.add(listener));
    return () => void group.delete(listener);
  }

  function tell(event: string, detail: unknown): void {
    for (const listener of listeners.get(event) ?? []) {
      try {
        listener(detail as never);
      } catch (error) {
        logger?.warn(`A listener of ${event} has failed.`, error);
      }
    }
  }

  function show(phase: Phase, record: AuthRecord, isOnline: boolean): void {
    const before = snapshot;
    const next: Snapshot = phase === 'open' ? snapshotOf(record, isOnline) : { status: phase };
    const past = shown;
    // What is read when it is unlocked has not just happened.
    shown = phase === 'locked' ? undefined : record;
    if (JSON.stringify(next) !== JSON.stringify(before)) {
      snapshot = next;
      tell('change', undefined);
    }
    if (past) tellDifference(past, record);
    if (isOffline(next) && !isOffline(before)) tell('offline', {});
  }

  function tellDifference(past: AuthRecord, { session, reason = 'none' }: AuthRecord): void {
    if (!session) {
      if (past.session) tell(reason === 'signed_out' ? 'signedOut' : 'sessionExpired', { reason });
    } else if (past.session?.id !== session.id) {
      tell('signedIn', { user: session.user });
    } else if (session.accessToken && past.session.accessToken !== session.accessToken) {
      tell('tokenRefreshed', {});
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
  return (snapshot as { readonly degraded?: Degraded }).degraded === 'offline';
}
