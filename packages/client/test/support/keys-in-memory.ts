import type { KeyStore, SigningKey } from '../../src/binding/index.js';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A key of WebCrypto, in memory: Node has no IndexedDB. */
export function keysInMemory(): KeyStore & { clear(): void } {
  let stored: SigningKey | undefined;
  return {
    read: async () => stored,
    async make() {
      if (stored) return stored;
      const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign']);
      return (stored = {
        publicJwk: await crypto.subtle.exportKey('jwk', pair.publicKey),
        sign: async (bytes) => crypto.subtle.sign(ALGORITHM, pair.privateKey, bytes),
      });
    },
    clear: () => void (stored = undefined),
  };
}
