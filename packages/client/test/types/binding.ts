/**
 * What an application may hand to a binding, and what it must not: `npm run typecheck` reads it.
 */
import { createAuthClient, type Snapshot } from '@evergreen-auth/client';
import {
  type Bytes,
  createBinding,
  type KeyStore,
  type PublicJwk,
  type SigningKey,
} from '@evergreen-auth/client/binding';
import { hardwareKeys, type Keystore } from '../recipes/hardware-keys.js';
import { same } from './same.js';

declare const keystore: Keystore;
declare const publicJwk: PublicJwk;
/** As expo-crypto has it. */
declare const Crypto: {
  readonly CryptoDigestAlgorithm: { readonly SHA256: 'SHA-256' };
  digest(algorithm: 'SHA-256', data: BufferSource): Promise<ArrayBuffer>;
};

/** The README's example for apps, in its words. */
const sha256 = (bytes: Bytes) => Crypto.digest(Crypto.CryptoDigestAlgorithm.SHA256, bytes);
export const binding = createBinding({ store: hardwareKeys(keystore, sha256) });

const key: SigningKey = {
  publicJwk, // { kty: 'EC', crv: 'P-256', x, y }
  sign: (bytes) => keystore.sign('evergreen-session', bytes), // ES256: the 64 bytes of r and s, not DER
  sha256,
};
const store: KeyStore = {
  read: async () => key, // undefined where there is none; reject where that cannot be known now
  make: async () => key, // the key that is there, or a new one once it is stored; undefined for no binding
};

/** What is optional may be left out, or undefined. */
export const browserKey: SigningKey = {
  publicJwk: {},
  sign: async (bytes) => new ArrayBuffer(bytes.length),
};
export const noKeys: KeyStore = { read: async () => undefined, make: async () => undefined };

export const clients = [
  createAuthClient({ fetch: createBinding().fetch }),
  createAuthClient({ fetch: createBinding({ store, fetch: undefined, now: undefined }).fetch }),
  // @ts-expect-error: a place for keys can also make one
  createBinding({ store: { read: async () => key } }),
];

/** A page has a word for each reason to be signed out. */
const WORDS: Record<NonNullable<Snapshot['reason']>, string> = {
  none: 'Welcome',
  signed_out: 'Goodbye',
  expired: 'Sign in again',
  revoked: 'Signed out elsewhere',
  reused: 'Signed out for safety',
  key_lost: 'The key of this browser is gone',
};

export function greeting({ reason }: Snapshot): string {
  return reason ? WORDS[reason] : 'Hello';
}

export function badge({ binding }: Snapshot): string {
  same<typeof binding, 'none' | 'key' | undefined>(true);
  return binding ?? 'unknown';
}
