import type { AuthStorage } from '../core/index.js';
import { readOr, valueOrAbsent } from './reading.js';

interface SecureStoreOptions {
  keychainAccessible?: number;
}

/** The part of `expo-secure-store` that is used. */
export interface SecureStoreModule {
  readonly AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: number;
  getItemAsync(key: string, options?: SecureStoreOptions): Promise<string | null>;
  setItemAsync(key: string, value: string, options?: SecureStoreOptions): Promise<void>;
}

/**
 * The session in `expo-secure-store`: readable from the first unlock after a start of the phone on,
 * also by an app that the system starts behind a locked screen, and on this device alone. A backup
 * brought to another phone would give the same refresh token to two of them, which the server takes
 * for theft.
 *
 * It is stored without `requireAuthentication`, which loses what is stored when biometrics change:
 * see `biometricGate`.
 *
 * @example storage: secureStoreStorage(SecureStore)
 */
export function secureStoreStorage(
  SecureStore: SecureStoreModule,
  { key = 'evergreen-auth' } = {},
): AuthStorage {
  const options = () => ({ keychainAccessible: SecureStore.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY });
  return {
    read: () => readOr(async () => valueOrAbsent(await SecureStore.getItemAsync(key, options()))),
    write: (value) => SecureStore.setItemAsync(key, value, options()),
  };
}
