import { useSyncExternalStore } from 'react';
import { client } from './client.js';

/** What the client has told, and what its snapshot does not contain. */
export interface Warnings {
  /** The server wants to see the password again. */
  readonly mustSignIn: boolean;
  /** When the session ends, since it cannot be prolonged any further: milliseconds since 1970. */
  readonly endsAt?: number;
}

const NONE: Warnings = { mustSignIn: false };

let warnings = NONE;
const listeners = new Set<() => void>();

function set(next: Warnings): void {
  warnings = next;
  for (const listener of listeners) listener();
}

/** Begins to listen. Call it once, before the page is rendered. */
export function watchWarnings(): void {
  client.on('reauthRequired', () => set({ ...warnings, mustSignIn: true }));
  client.on('expiresSoon', ({ endsAt }) => set({ ...warnings, endsAt }));
  client.on('tokenRefreshed', () => set({ ...warnings, mustSignIn: false }));
  for (const event of ['signedIn', 'signedOut', 'sessionExpired'] as const)
    client.on(event, () => set(NONE));
}

export function useWarnings(): Warnings {
  return useSyncExternalStore(subscribe, () => warnings);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
