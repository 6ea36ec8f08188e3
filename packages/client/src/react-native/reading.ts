import type { StorageRead } from '../core/index.js';

/**
 * What `reading` comes to; where it fails, nobody knows what is stored, which is not the same as
 * nothing.
 */
export async function readOr(reading: () => Promise<StorageRead>): Promise<StorageRead> {
  try {
    return await reading();
  } catch (cause) {
    return { kind: 'unavailable', cause };
  }
}

export function valueOrAbsent(value: string | null): StorageRead {
  return value === null ? { kind: 'absent' } : { kind: 'value', value };
}
