import { MemoryBudget } from './memory-budget.js';
import { MAX_ARGON2_MEMORY_KIB } from './stored-hash.js';

/** All hashes of Argon2 in this process share it, whatever is configured beside. */
const budget = new MemoryBudget(MAX_ARGON2_MEMORY_KIB);

/**
 * Verifies a password against a hash of Argon2, in libuv's thread pool. Only for hashes whose
 * parameters were checked by `readStoredHash`. `onBegin` is called when it begins to compute, after
 * waiting for memory.
 *
 * The library is loaded at the first hash: most servers never need it, and it has no binary for some
 * platforms.
 */
export async function verifyArgon2(
  password: string,
  { hash, memoryKib }: { readonly hash: string; readonly memoryKib: number },
  onBegin: () => void,
): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2');
  return budget.run(memoryKib, () => {
    onBegin();
    return verify(hash, password);
  });
}
