import type { StorageOption } from '../options.js';
import { indexedDbStore } from './indexed-db.js';
import { memoryStore } from './memory.js';
import { exclusive, type RecordStore } from './storage.js';

/** @param key tells clients of several servers apart */
export function openStore(storage: StorageOption | undefined, key: string): RecordStore {
  if (typeof storage === 'function') return storage(key);
  if (typeof storage === 'object') return exclusive(storage);
  return storage !== 'memory' && 'indexedDB' in globalThis ? indexedDbStore(key) : memoryStore;
}
