import { AuthError } from '../errors.js';
import { isRecord } from '../record/record.js';
import type { Decide, RecordStore } from './storage.js';

const DATABASE = 'evergreen-auth';
const OBJECTS = 'records';

/** Of this page. */
const keysInUse = new Set<string>();

/**
 * The record in IndexedDB, the only place of a browser that all tabs see alike at the same time:
 * reads of `localStorage` may be stale, even under a Web Lock.
 *
 * @param key tells clients of several servers apart
 */
export function indexedDbStore(key: string): RecordStore {
  let connection: Promise<IDBDatabase> | undefined;
  let isCounted = false;

  /** A hot reload makes another client, and the former one goes on working beside it. */
  function count(): void {
    if (isCounted) return;
    isCounted = true;
    if (keysInUse.has(key))
      // The store has no log of its own, and a page that runs twice has to be noticed.
      // eslint-disable-next-line no-console
      console.warn(`There are two clients of ${key} on this page: call dispose() of the former.`);
    keysInUse.add(key);
  }

  async function attempt(decide: Decide): Promise<void> {
    count();
    try {
      await transact(await (connection ??= openDatabase(close)), key, (stored) =>
        decide(isRecord(stored) ? stored : undefined),
      );
    } catch (error) {
      connection = undefined;
      throw error;
    }
  }

  /** A browser closes the connections of pages that it puts aside: then another one is opened. */
  function update(decide: Decide): Promise<void> {
    return attempt(decide).catch(() => attempt(decide));
  }

  function close(): void {
    keysInUse.delete(key);
    connection?.then((database) => database.close()).catch(() => {});
    connection = undefined;
  }

  return { shared: true, update, close };
}

/** @param onVersionChange somebody deletes the database, or opens a later version of it */
export function openDatabase(onVersionChange: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(OBJECTS);
    request.onsuccess = () => {
      request.result.onversionchange = onVersionChange;
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error());
  });
}

/**
 * Shows `decide` what is stored, and stores what it returns, unless that is undefined. Resolves
 * once it is stored. Rejects with an AuthError.
 */
export function transact(
  database: IDBDatabase,
  key: string,
  decide: (stored: unknown) => unknown,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(OBJECTS, 'readwrite');
    const objects = transaction.objectStore(OBJECTS);
    const read = objects.get(key);
    read.onsuccess = () => {
      const next = decide(read.result);
      if (next) objects.put(next, key);
    };
    transaction.oncomplete = () => resolve();
    // Unlike a browser that refuses a database altogether, this passes: what is stored is unknown,
    // and not nothing.
    transaction.onabort = () =>
      reject(new AuthError('storage', 'transaction_failed', { cause: transaction.error }));
  });
}
