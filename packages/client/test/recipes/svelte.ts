import type { AuthClient, Snapshot } from '@evergreen-auth/client';
import { readable, type Readable } from 'svelte/store';

/** The session as a store: `$session.status` in a component. */
export function sessionOf(client: AuthClient): Readable<Snapshot> {
  return readable(client.getSnapshot(), (set) => {
    const tell = () => set(client.getSnapshot());
    tell();
    return client.subscribe(tell);
  });
}
