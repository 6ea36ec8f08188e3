/** What an application may hand to a binding, and what it must not: `npm run typecheck` reads it. */
import { createAuthClient, type Snapshot } from '@evergreen-auth/client';
import { createBinding, type KeyStore, type SigningKey } from '@evergreen-auth/client/binding';
import { same } from './same.js';

/** A key in a phone's hardware, by a module of the application's. */
const key: SigningKey = {
  publicJwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
  sign: async (bytes) => new Uint8Array(bytes.length),
  sha256: async () => new ArrayBuffer(32),
};

const store: KeyStore = { read: async () => key, make: async () => undefined };

export const clients = [
  createAuthClient({ fetch: createBinding().fetch }),
  createAuthClient({ fetch: createBinding({ store, fetch: undefined, now: undefined }).fetch }),
  // @ts-expect-error: a place for keys can also make one
  createBinding({ store: { read: async () => key } }),
];

export function badge({ binding }: Snapshot): string {
  same<typeof binding, 'none' | 'key' | undefined>(true);
  return binding ?? 'unknown';
}
