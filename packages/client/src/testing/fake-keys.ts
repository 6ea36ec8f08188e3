import type { KeyStore, SigningKey } from '../binding/index.js';
import { encodeBytes } from './base64url.js';
import { hashOf } from './sha256.js';

/** The place of a fake key. */
export interface FakeKeys extends KeyStore {
  /** As if somebody had cleared the storage of the key alone. */
  clear(): void;
}

/**
 * The keys of one browser or app, for `createBinding` in tests: in memory, by no cryptography, so
 * that nothing needs time that a fake clock does not know about. The fake server verifies no
 * signatures; the real one would refuse these.
 *
 * ```ts
 * const binding = createBinding({ store: createFakeKeys(), fetch: server.fetch, now: clock.now });
 * const { url: baseUrl } = server;
 * const client = createAuthClient({ baseUrl, fetch: binding.fetch, clock, storage: 'memory' });
 * await client.login({ email: 'ada@example.com', password: 'correct horse battery' });
 * expect(client.getSnapshot()).toMatchObject({ binding: 'key' });
 * ```
 */
export function createFakeKeys(): FakeKeys {
  let stored: SigningKey | undefined;
  return {
    read: () => Promise.resolve(stored),
    make: () => Promise.resolve((stored ??= newKey())),
    clear: () => void (stored = undefined),
  };
}

function newKey(): SigningKey {
  return {
    publicJwk: { kty: 'EC', crv: 'P-256', x: randomCoordinate(), y: randomCoordinate() },
    sign: () => Promise.resolve(new Uint8Array(64)),
    sha256: (bytes) => Promise.resolve(hashOf(bytes)),
  };
}

function randomCoordinate(): string {
  return encodeBytes(Uint8Array.from({ length: 32 }, () => Math.floor(Math.random() * 256)));
}
