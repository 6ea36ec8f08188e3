import type { KeyStore, SigningKey } from './signing-key.js';

/** Not the database of the record: each can be cleared without the other. */
const DATABASE = 'evergreen-auth-keys';
const KEYS = 'keys';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * The key in IndexedDB, for all pages of this origin: on P-256, by WebCrypto, and not extractable,
 * so script can use it but cannot copy it. Without `crypto.subtle`, as on plain http elsewhere than
 * on localhost, `make` rejects.
 *
 * @param name tells the keys for several servers apart
 */
export function indexedDbKeys(name = 'session'): KeyStore {
  const nonceEntry = `${DATABASE}:${name}`;
  let latest: string | undefined;

  async function read(): Promise<SigningKey | undefined> {
    const pair = await transact<CryptoKeyPair | undefined>((keys) => keys.get(name));
    return pair && signingKey(pair);
  }

  async function make(): Promise<SigningKey | undefined> {
    const known = await read();
    if (known) return known;
    const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign']);
    // Another tab may have been faster: then this is refused, and its key is read.
    await transact((keys) => keys.add(pair, name)).catch(() => {});
    return read();
  }

  return {
    read,
    make,
    // A nonce is no secret, and an old one costs one more request at most. Workers have no
    // `localStorage`.
    get nonce() {
      return globalThis.localStorage?.getItem(nonceEntry) ?? latest;
    },
    set nonce(nonce) {
      latest = nonce;
      try {
        localStorage.setItem(nonceEntry, nonce ?? '');
      } catch {
        // Full, or not there: this page has its own.
      }
    },
  };
}

async function signingKey({ publicKey, privateKey }: CryptoKeyPair): Promise<SigningKey> {
  return {
    publicJwk: await crypto.subtle.exportKey('jwk', publicKey),
    sign: (bytes) => crypto.subtle.sign(ALGORITHM, privateKey, bytes as BufferSource),
  };
}

function transact<T>(work: (keys: IDBObjectStore) => IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS);
    opening.onerror = () => reject(opening.error ?? new Error());
    opening.onsuccess = () => {
      const { result: database } = opening;
      const transaction = database.transaction(KEYS, 'readwrite');
      const request = work(transaction.objectStore(KEYS));
      transaction.oncomplete = () => {
        database.close();
        resolve(request.result as T);
      };
      transaction.onabort = () => {
        database.close();
        reject(transaction.error ?? new Error());
      };
    };
  });
}
