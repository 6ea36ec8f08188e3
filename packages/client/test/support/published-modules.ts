/**
 * Excerpts of the types that the platform's modules publish, for tests that give these modules to
 * our functions: what a function takes that is not as published does not compile. The packages
 * themselves would bring React Native along.
 */

/** `react-native` 0.76 to 0.82, `Libraries/AppState/AppState.d.ts`. */
export interface PublishedAppState {
  addEventListener(
    type: 'change' | 'memoryWarning' | 'blur' | 'focus',
    listener: (state: 'active' | 'background' | 'inactive' | 'unknown' | 'extension') => void,
  ): { remove: () => void };
}

/** `@react-native-community/netinfo` 12.0.1, `types.ts`. */
export type PublishedNetInfoState =
  | {
      type: 'unknown';
      isConnected: boolean | null;
      isInternetReachable: null;
      details: null;
      isWifiEnabled?: boolean;
    }
  | {
      type: 'none';
      isConnected: boolean;
      isInternetReachable: boolean;
      details: null;
      isWifiEnabled?: boolean;
    }
  | {
      type: 'wifi';
      isConnected: boolean;
      isInternetReachable: boolean | null;
      details: object;
      isWifiEnabled?: boolean;
    };

export interface PublishedNetInfo {
  addEventListener(listener: (state: PublishedNetInfoState) => void): () => void;
}

/** `@react-native-async-storage/async-storage` 3.1.1, `AsyncStorage.d.ts`. */
export interface PublishedAsyncStorage {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
  clear(): Promise<void>;
}

/** `expo-secure-store` 57.0.4, `SecureStore.d.ts`. */
export interface PublishedSecureStoreOptions {
  keychainService?: string;
  requireAuthentication?: boolean;
  authenticationPrompt?: string;
  keychainAccessible?: number;
  accessGroup?: string;
}

export interface PublishedSecureStore {
  readonly WHEN_UNLOCKED: number;
  readonly AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: number;
  getItemAsync(key: string, options?: PublishedSecureStoreOptions): Promise<string | null>;
  setItemAsync(key: string, value: string, options?: PublishedSecureStoreOptions): Promise<void>;
}

/** `react-native-keychain` 10.0.0, `enums.ts` and `types.ts`. */
export enum ACCESSIBLE {
  AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY = 'AccessibleAfterFirstUnlockThisDeviceOnly',
  WHEN_UNLOCKED_THIS_DEVICE_ONLY = 'AccessibleWhenUnlockedThisDeviceOnly',
}

export enum ACCESS_CONTROL {
  BIOMETRY_CURRENT_SET = 'BiometryCurrentSet',
}

export enum STORAGE_TYPE {
  RSA = 'KeystoreRSAECB',
}

export interface PublishedBaseOptions {
  service?: string;
  server?: string;
  cloudSync?: boolean;
  accessGroup?: string;
}

export interface PublishedGetOptions extends PublishedBaseOptions {
  accessControl?: ACCESS_CONTROL;
  authenticationPrompt?: {
    title?: string;
    subtitle?: string;
    description?: string;
    cancel?: string;
  };
}

export interface PublishedSetOptions extends PublishedGetOptions {
  accessible?: ACCESSIBLE;
  securityLevel?: 'ANY' | 'SECURE_SOFTWARE' | 'SECURE_HARDWARE';
  storage?: STORAGE_TYPE;
}

export interface PublishedKeychain {
  readonly ACCESSIBLE: typeof ACCESSIBLE;
  readonly ACCESS_CONTROL: typeof ACCESS_CONTROL;
  readonly STORAGE_TYPE: typeof STORAGE_TYPE;
  getGenericPassword(
    options?: PublishedGetOptions,
  ): Promise<false | { username: string; password: string; service: string; storage: string }>;
  setGenericPassword(
    username: string,
    password: string,
    options?: PublishedSetOptions,
  ): Promise<false | { service: string; storage: string }>;
  resetGenericPassword(options?: PublishedBaseOptions): Promise<boolean>;
}

/** `expo-local-authentication` 57.0.3, `LocalAuthentication.types.d.ts`. */
export type PublishedLocalAuthenticationError =
  | 'not_enrolled'
  | 'user_cancel'
  | 'app_cancel'
  | 'not_available'
  | 'lockout'
  | 'no_space'
  | 'timeout'
  | 'unable_to_process'
  | 'unknown'
  | 'system_cancel'
  | 'user_fallback'
  | 'invalid_context'
  | 'passcode_not_set'
  | 'authentication_failed';

export interface PublishedLocalAuthentication {
  authenticateAsync(options?: {
    promptMessage?: string;
    promptSubtitle?: string;
    promptDescription?: string;
    cancelLabel?: string;
    disableDeviceFallback?: boolean;
    requireConfirmation?: boolean;
    biometricsSecurityLevel?: 'weak' | 'strong';
    fallbackLabel?: string;
  }): Promise<
    | { success: true }
    | { success: false; error: PublishedLocalAuthenticationError; warning?: string }
  >;
}
