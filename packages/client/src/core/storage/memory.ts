import type { AuthStorage } from './storage.js';

/** For as long as the page or the process lives. */
export function memoryStorage(): AuthStorage {
  let stored: string | undefined;
  return {
    read: async () => (stored === undefined ? { kind: 'absent' } : { kind: 'value', value: stored }),
    write: async (value) => {
      stored = value;
    },
  };
}
