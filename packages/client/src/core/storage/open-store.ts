import type { StorageOption } from '../options.js';
import { indexedDbStore } from './indexed-db.js';
import { memoryStore } from './memory.js';
import { exclusive, type RecordStore } from './storage.js';

/** @param key tells clients of several servers apart */
export function openStore(storage: StorageOption = 'indexedDB' in globalThis ? 'indexedDB' : 'memory', key: string): RecordStore {
  if (storage === 'memory') return memoryStore;
  if (storage === 'indexedDB') return indexedDbStore(key);
  return typeof storage === 'function' ? storage(key) : exclusive(storage);
}
