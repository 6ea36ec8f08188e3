import type { StorageOption } from '../options.js';
import { indexedDbStore } from './indexed-db.js';
import { memoryStore } from './memory.js';
import { exclusive, type RecordStore } from './storage.js';

/** @param key tells clients of several servers apart */
export function openStore(storage: StorageOption | undefined, key: string): RecordStore {
  const place = storage ?? ('indexedDB' in globalThis ? 'indexedDB' : 'memory');
  if (place === 'memory') return memoryStore;
  if (place === 'indexedDB') return indexedDbStore(key);
  return typeof place === 'function' ? place(key) : exclusive(place);
}
