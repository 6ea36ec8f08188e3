import type { AuthStorage } from '../core/index.js';
import { readOr, valueOrAbsent } from './reading.js';

/** The part of `@react-native-async-storage/async-storage` that is used. */
export interface AsyncStorageModule {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
}

/**
 * The session in AsyncStorage, which is a plain file of the app: for development, or where neither
 * `react-native-keychain` nor `expo-secure-store` can be had.
 */
export function asyncStorage(
  AsyncStorage: AsyncStorageModule,
  { key = 'evergreen-auth' } = {},
): AuthStorage {
  return {
    read: () => readOr(async () => valueOrAbsent(await AsyncStorage.getItem(key))),
    write: (value) => AsyncStorage.setItem(key, value),
  };
}
