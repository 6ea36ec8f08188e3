import type { StorageOption } from '../options.js';
import { indexedDbStore } from './indexed-db.js';
import { withLocalStorage } from './local-storage.js';
import { memoryStore } from './memory.js';
import { exclusive, type RecordStore } from './storage.js';

/** @param key tells clients of several servers apart */
export function openStore(storage: StorageOption = defaultStorage(), key: string): RecordStore {
  if (storage === 'indexedDB') return indexedDbStore(key);
  if (storage === 'localStorage') return withLocalStorage(indexedDbStore(key));
  return storage === 'memory' ? memoryStore : exclusive(storage);
}

/** A browser that refuses even to be asked, as some do in private windows, is found out when the database is opened. */
function defaultStorage(): StorageOption {
  return 'indexedDB' in globalThis ? 'indexedDB' : 'memory';
}
