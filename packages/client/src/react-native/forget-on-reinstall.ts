import type { AuthStorage, StorageRead } from '../core/index.js';
import type { AsyncStorageModule } from './async-storage.js';
import { readOr } from './reading.js';

/** Not a session. It is not an empty text, which Android's keychain refuses. */
const FORGOTTEN = '{}';

/**
 * iOS keeps an app's keychain when the app is deleted, so whoever installs it again would find the
 * former user signed in. AsyncStorage goes with the app: where its entry is missing, the app is new
 * here, and what is stored is from before.
 *
 * Have it from your first release on: an app that gets it with an update is new here, too, once.
 *
 * @example storage: forgetOnReinstall(keychainStorage(Keychain), AsyncStorage)
 */
export function forgetOnReinstall(
  storage: AuthStorage,
  AsyncStorage: AsyncStorageModule,
  { key = 'evergreen-auth.installed' } = {},
): AuthStorage {
  let isKnown = false;

  async function isNewHere(): Promise<boolean> {
    return (await AsyncStorage.getItem(key)) === null;
  }

  /**
   * In this order: an app that is killed in between forgets again, and has nothing yet that it
   * could lose.
   */
  async function begin(isAnythingStored: boolean): Promise<void> {
    if (isAnythingStored) await storage.write(FORGOTTEN);
    await AsyncStorage.setItem(key, 'yes');
  }

  async function readAtFirst(): Promise<StorageRead> {
    const isNew = await isNewHere();
    const found = await storage.read();
    if (found.kind === 'unavailable') return found;
    if (isNew) await begin(found.kind === 'value');
    isKnown = true;
    return isNew ? { kind: 'absent' } : found;
  }

  /**
   * Some apps clear AsyncStorage when somebody signs out: what is stored after that is not from
   * before.
   */
  async function note(): Promise<void> {
    if (await isNewHere()) await begin(!isKnown);
  }

  return {
    get timeoutMs() {
      return storage.timeoutMs;
    },
    read: () => (isKnown ? storage.read() : readOr(readAtFirst)),
    async write(value) {
      await note().catch((error: unknown) => {
        if (!isKnown) throw error;
      });
      isKnown = true;
      await storage.write(value);
    },
  };
}
