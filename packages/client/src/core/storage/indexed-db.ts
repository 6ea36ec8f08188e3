import { isRecord } from '../record.js';
import { memoryStorage } from './memory.js';
import { type Decide, exclusive, type RecordStore } from './storage.js';

const DATABASE = 'evergreen-auth';
const OBJECTS = 'records';

/**
 * The record in IndexedDB, the only place of a browser that all tabs see alike at the same time: reads of `localStorage` may be stale, even
 * under a Web Lock. Where a browser refuses a database, in memory.
 *
 * @param key tells clients of several servers apart
 */
export function indexedDbStore(key: string): RecordStore {
  let connection: Promise<IDBDatabase> | undefined;
  let instead: RecordStore | undefined;

  async function update(decide: Decide): Promise<void> {
    if (instead) return instead.update(decide);
    let database: IDBDatabase;
    try {
      database = await (connection ??= open());
    } catch {
      instead = exclusive(memoryStorage());
      return update(decide);
    }
    try {
      await transact(database, key, decide);
    } catch (error) {
      // Browsers close connections of pages that they put aside.
      connection = undefined;
      database.close();
      throw error;
    }
  }

  return { shared: true, update };
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(OBJECTS);
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = request.onblocked = () => reject(request.error ?? new Error('blocked'));
  });
}

function transact(database: IDBDatabase, key: string, decide: Decide): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(OBJECTS, 'readwrite');
    const objects = transaction.objectStore(OBJECTS);
    const read = objects.get(key);
    read.onsuccess = () => {
      const stored: unknown = read.result;
      const next = decide(isRecord(stored) ? stored : undefined);
      if (next) objects.put(next, key);
    };
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error('aborted'));
  });
}
