import type { RecordStore } from './storage.js';

/** Stores nothing: the record is known for as long as the page or the process lives. */
export const memoryStore: RecordStore = {
  update: (decide) => Promise.resolve(void decide(undefined)),
};
