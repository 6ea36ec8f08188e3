import type { AuthStorage } from '../core/index.js';
import { readOr, valueOrAbsent } from './reading.js';

interface KeychainOptions {
  service?: string;
  accessible?: string;
}

/** The part of `react-native-keychain` that is used. */
export interface KeychainModule {
  readonly ACCESSIBLE: { readonly AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: string };
  getGenericPassword(options?: KeychainOptions): Promise<false | { password: string }>;
  setGenericPassword(
    username: string,
    password: string,
    options?: KeychainOptions,
  ): Promise<unknown>;
}

/** Android refuses an empty one. */
const USERNAME = 'evergreen-auth';

/**
 * The session in `react-native-keychain`: readable from the first unlock after a start of the phone
 * on, also by an app that the system starts behind a locked screen, and on this device alone. A
 * backup brought to another phone would give the same refresh token to two of them, which the
 * server takes for theft.
 *
 * It is stored without access control, which loses what is stored when biometrics change: see
 * `biometricGate`.
 *
 * @example storage: keychainStorage(Keychain)
 */
export function keychainStorage(
  Keychain: KeychainModule,
  { service = 'evergreen-auth' } = {},
): AuthStorage {
  const spare = `${service}.spare`;

  async function stored(place: string): Promise<string | null> {
    const found = await Keychain.getGenericPassword({ service: place });
    return found ? found.password : null;
  }

  async function store(place: string, value: string): Promise<void> {
    const accessible = Keychain.ACCESSIBLE.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY;
    const isStored = await Keychain.setGenericPassword(USERNAME, value, {
      service: place,
      accessible,
    });
    if (!isStored) throw new Error('The keychain has not stored the session.');
  }

  return {
    read: () => readOr(async () => valueOrAbsent((await stored(service)) ?? (await stored(spare)))),
    // On iOS an item is deleted before its successor is added: an app that is killed between the
    // two, or an iPhone that is full, would have lost the session. So the successor is in another
    // place already.
    async write(value) {
      await store(spare, value);
      await store(service, value);
    },
  };
}
