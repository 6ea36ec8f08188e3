import type { AuthError, SignedOutReason } from '@evergreen-auth/client';
import { client, network } from './client.js';
import type { Exchange } from './network.js';

/** Older entries are forgotten. */
const MAX_ENTRIES = 60;

/** What has passed between the client and the server, or what the client has reported. */
export type LogEntry =
  | ({ readonly kind: 'exchange' } & Exchange)
  | ({ readonly kind: 'event'; readonly at: number } & ClientEvent);

type ClientEvent =
  | { readonly event: 'signedIn' | 'signedOut' | 'tokenRefreshed' | 'offline' | 'reauthRequired' }
  | { readonly event: 'refreshFailed'; readonly error: AuthError }
  | { readonly event: 'sessionExpired'; readonly reason: SignedOutReason }
  | { readonly event: 'expiresSoon'; readonly endsAt: number };

let entries: readonly LogEntry[] = [];
const listeners = new Set<() => void>();

/** What the client of this page has done since the page was loaded, for `useSyncExternalStore`. */
export const clientLog = {
  /** Newest first; the same array until there is another entry. */
  read: () => entries,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function add(entry: LogEntry): void {
  entries = [entry, ...entries].slice(0, MAX_ENTRIES);
  for (const listener of listeners) listener();
}

function addEvent(event: ClientEvent): void {
  add({ kind: 'event', at: Date.now(), ...event });
}

network.subscribe((exchange) => add({ kind: 'exchange', ...exchange }));
for (const event of [
  'signedIn',
  'signedOut',
  'tokenRefreshed',
  'offline',
  'reauthRequired',
] as const)
  client.on(event, () => addEvent({ event }));
client.on('refreshFailed', ({ error }) => addEvent({ event: 'refreshFailed', error }));
client.on('sessionExpired', ({ reason }) => addEvent({ event: 'sessionExpired', reason }));
client.on('expiresSoon', ({ endsAt }) => addEvent({ event: 'expiresSoon', endsAt }));
