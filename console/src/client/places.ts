import { useSyncExternalStore } from 'react';
import { BASE_URL } from '../base.js';

/** Paths of what else the server shows. */
export interface Places {
  readonly documentation: string;
  /** In development. */
  readonly laboratory?: string;
  /** In development, where mails are sent to nobody else. */
  readonly mailbox?: string;
}

let places: Places = { documentation: new URL('docs', BASE_URL).pathname };
const listeners = new Set<() => void>();

/**
 * Asks the server what else is here; it says so at the path of the console. Call it once, before the
 * page is rendered, so that nothing moves later. Never rejects.
 */
export async function askForPlaces(): Promise<void> {
  try {
    const response = await fetch(BASE_URL, { headers: { accept: 'application/json' } });
    places = { ...places, ...((await response.json()) as Partial<Places>) };
    for (const listener of listeners) listener();
  } catch {
    // Without an answer there are only the places that are always there.
  }
}

export function usePlaces(): Places {
  return useSyncExternalStore(subscribe, () => places);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
