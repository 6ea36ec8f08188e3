import type {
  PublishedAppState,
  PublishedAsyncStorage,
  PublishedBaseOptions,
  PublishedKeychain,
  PublishedNetInfo,
  PublishedNetInfoState,
  PublishedSecureStore,
  PublishedSetOptions,
} from './published-modules.js';
import { ACCESS_CONTROL, ACCESSIBLE, STORAGE_TYPE } from './published-modules.js';

/** As the keychain of iOS rejects: the code is the OSStatus, in digits. */
export const LOCKED = Object.assign(new Error('User interaction is not allowed.'), {
  code: '-25308',
});
export const CANCELLED = Object.assign(new Error('User canceled the operation.'), { code: '-128' });

interface Item {
  readonly username: string;
  readonly password: string;
  readonly options: PublishedSetOptions;
  /** Of which enrolment of biometrics the item is. */
  readonly enrolment: number;
}

/**
 * A telephone with the modules that an app finds there, behaving as their documentation and source
 * say. What it holds outlives an app.
 */
export interface Phone {
  readonly Keychain: PublishedKeychain;
  readonly SecureStore: PublishedSecureStore;
  readonly AsyncStorage: PublishedAsyncStorage;
  readonly AppState: PublishedAppState;
  readonly NetInfo: PublishedNetInfo;
  readonly keychain: Map<string, Item>;
  readonly secrets: Map<string, { value: string; keychainAccessible: number | undefined }>;
  readonly files: Map<string, string>;
  /** Started, and not unlocked since. */
  isBeforeFirstUnlock: boolean;
  /** What the person does when they are asked. */
  person: () => Promise<void>;
  prompts: number;
  /** Another finger has been added. */
  changeBiometrics(): void;
  /** The app is deleted and installed again: iOS keeps its keychain. */
  reinstall(): void;
  /** Files cannot be read or written until this is undone. */
  isFileSystemIll: boolean;
  /**
   * After so many more changes of what is kept the app is killed: neither that change nor what
   * follows takes place, and nothing answers.
   */
  killAfterChanges: number;
  appState(state: 'active' | 'inactive' | 'background'): void;
  network(state: Partial<PublishedNetInfoState>): void;
}

export function newPhone(): Phone {
  const appListeners = new Set<(state: 'active' | 'inactive' | 'background') => void>();
  const networkListeners = new Set<(state: PublishedNetInfoState) => void>();
  let enrolment = 1;

  const change = async (work: () => void): Promise<void> => {
    if (phone.killAfterChanges-- <= 0) return new Promise(() => {});
    work();
  };
  const itemOf = ({ service = 'app' }: PublishedBaseOptions = {}) =>
    [service, phone.keychain.get(service)] as const;

  const Keychain: PublishedKeychain = {
    ACCESSIBLE,
    ACCESS_CONTROL,
    STORAGE_TYPE,
    async getGenericPassword(options) {
      const [service, item] = itemOf(options);
      if (!item) return false;
      if (phone.isBeforeFirstUnlock) throw LOCKED;
      if (item.options.accessControl) {
        // On iOS there is no such item any more.
        if (item.enrolment !== enrolment) return false;
        phone.prompts++;
        await phone.person();
      }
      return { username: item.username, password: item.password, service, storage: 'keychain' };
    },
    // Deletes, and adds: two changes, as on iOS.
    async setGenericPassword(username, password, options = {}) {
      const [service] = itemOf(options);
      await change(() => phone.keychain.delete(service));
      if (phone.isBeforeFirstUnlock) throw LOCKED;
      await change(() => phone.keychain.set(service, { username, password, options, enrolment }));
      return { service, storage: 'keychain' };
    },
    async resetGenericPassword(options) {
      await change(() => phone.keychain.delete(itemOf(options)[0]));
      return true;
    },
  };

  const SecureStore: PublishedSecureStore = {
    WHEN_UNLOCKED: 5,
    AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: 1,
    async getItemAsync(key) {
      if (phone.isBeforeFirstUnlock)
        throw Object.assign(new Error('User interaction is not allowed.'), {
          code: 'ERR_KEY_CHAIN',
        });
      return phone.secrets.get(key)?.value ?? null;
    },
    setItemAsync: (key, value, { keychainAccessible } = {}) =>
      change(() => phone.secrets.set(key, { value, keychainAccessible })),
  };

  const onFiles = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (phone.isFileSystemIll) throw new Error('Cannot open the database.');
    return work();
  };
  const AsyncStorage: PublishedAsyncStorage = {
    getItem: (key) => onFiles(() => phone.files.get(key) ?? null),
    setItem: (key, value) => onFiles(() => change(() => phone.files.set(key, value))),
    removeItem: (key) => onFiles(() => change(() => phone.files.delete(key))),
    clear: () => onFiles(() => change(() => phone.files.clear())),
  };

  const phone: Phone = {
    Keychain,
    SecureStore,
    AsyncStorage,
    AppState: {
      addEventListener(type, listener) {
        if (type === 'change') appListeners.add(listener);
        return { remove: () => void appListeners.delete(listener) };
      },
    },
    NetInfo: {
      addEventListener(listener) {
        networkListeners.add(listener);
        return () => void networkListeners.delete(listener);
      },
    },
    keychain: new Map(),
    secrets: new Map(),
    files: new Map(),
    isBeforeFirstUnlock: false,
    person: async () => {},
    prompts: 0,
    changeBiometrics: () => void enrolment++,
    reinstall: () => phone.files.clear(),
    isFileSystemIll: false,
    killAfterChanges: Infinity,
    appState: (state) => appListeners.forEach((listener) => listener(state)),
    network: (state) =>
      networkListeners.forEach((listener) =>
        listener({
          type: 'wifi',
          isConnected: true,
          isInternetReachable: true,
          details: {},
          ...state,
        } as PublishedNetInfoState),
      ),
  };
  return phone;
}
