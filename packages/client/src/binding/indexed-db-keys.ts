import { openDatabase, transact } from '../core/storage/indexed-db.js';
import type { KeyStore, SigningKey } from './signing-key.js';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * The key in IndexedDB, for all pages of this origin: on P-256, by WebCrypto, and not extractable,
 * so script can use it but cannot copy it. Without `crypto.subtle`, as on plain http elsewhere than
 * on localhost, `make` rejects.
 *
 * @param name tells the keys for several servers apart
 */
export function indexedDbKeys(name = 'session'): KeyStore {
  /** Stores `pair` unless there is a key. Resolves with the one that was there. */
  async function keep(pair?: CryptoKeyPair): Promise<SigningKey | undefined> {
    const database = await openDatabase(() => {});
    let found: CryptoKeyPair | undefined;
    const kept = transact(database, `key:${name}`, (stored) => {
      found = stored as typeof found;
      return found ? undefined : pair;
    });
    // As soon as that has been done.
    database.close();
    await kept;
    return found && signingKey(found);
  }

  return {
    read: () => keep(),
    async make() {
      await keep(await crypto.subtle.generateKey(ALGORITHM, false, ['sign']));
      return keep();
    },
  };
}

async function signingKey({ publicKey, privateKey }: CryptoKeyPair): Promise<SigningKey> {
  return {
    publicJwk: await crypto.subtle.exportKey('jwk', publicKey),
    sign: (bytes) => crypto.subtle.sign(ALGORITHM, privateKey, bytes),
  };
}
