import type { BiometricPrompt, PromptAnswer } from './biometric-gate.js';

interface ProtectingOptions {
  service?: string;
  accessible?: string;
  accessControl?: string;
  storage?: string;
  authenticationPrompt?: { title?: string | undefined; cancel?: string | undefined };
}

/** The part of `react-native-keychain` that is used. */
export interface ProtectingKeychainModule {
  readonly ACCESSIBLE: { readonly WHEN_UNLOCKED_THIS_DEVICE_ONLY: string };
  readonly ACCESS_CONTROL: { readonly BIOMETRY_CURRENT_SET: string };
  readonly STORAGE_TYPE: { readonly RSA: string };
  getGenericPassword(options?: ProtectingOptions): Promise<false | { password: string }>;
  setGenericPassword(
    username: string,
    password: string,
    options?: ProtectingOptions,
  ): Promise<unknown>;
  resetGenericPassword(options?: ProtectingOptions): Promise<boolean>;
}

const SOMETHING = 'evergreen-auth';

/** Of the keychain of iOS: `errSecUserCanceled` and `errSecAuthFailed`. */
const DECLINED_ON_IOS = ['-128', '-25293'];

/**
 * Of Android's `BiometricPrompt`, which the keychain writes into its message: a time-out, too many
 * attempts, and both ways to cancel.
 */
const DECLINED_ON_ANDROID = [3, 7, 9, 10, 13];

/** Nothing enrolled, no sensor, no screen lock. */
const REMOVED_ON_ANDROID = [11, 12, 14];

/**
 * Asks by an item of its own in `react-native-keychain`, which only present biometrics open. On iOS
 * that item is gone once a finger or a face is added, so a change of biometrics is noticed; Android
 * tells of it only when the screen lock is removed.
 */
export function keychainPrompt(
  Keychain: ProtectingKeychainModule,
  {
    service = 'evergreen-auth',
    ...authenticationPrompt
  }: {
    service?: string | undefined;
    title?: string | undefined;
    cancel?: string | undefined;
  } = {},
): BiometricPrompt {
  const proof = `${service}.biometrics`;
  const armed = `${service}.armed`;

  /**
   * The note that there is a proof is there only while there is one: a proof that is missing
   * without it has never been.
   */
  async function arm(): Promise<void> {
    await Keychain.resetGenericPassword({ service: armed });
    await Keychain.resetGenericPassword({ service: proof });
    await Keychain.setGenericPassword(SOMETHING, SOMETHING, {
      service: proof,
      accessible: Keychain.ACCESSIBLE.WHEN_UNLOCKED_THIS_DEVICE_ONLY,
      accessControl: Keychain.ACCESS_CONTROL.BIOMETRY_CURRENT_SET,
      // Android's only kind that does not ask when it is written.
      storage: Keychain.STORAGE_TYPE.RSA,
      authenticationPrompt,
    });
    const accessible = Keychain.ACCESSIBLE.WHEN_UNLOCKED_THIS_DEVICE_ONLY;
    await Keychain.setGenericPassword(SOMETHING, SOMETHING, { service: armed, accessible });
  }

  return {
    arm,
    async ask() {
      try {
        if (!(await Keychain.getGenericPassword({ service: armed }))) await arm();
        const opened = await Keychain.getGenericPassword({
          service: proof,
          accessControl: Keychain.ACCESS_CONTROL.BIOMETRY_CURRENT_SET,
          authenticationPrompt,
        });
        return opened ? 'passed' : 'reauth_required';
      } catch (error) {
        return answerIn(error);
      }
    },
  };
}

/** What the keychain means by an error. */
export function answerIn(error: unknown): PromptAnswer {
  const { code, message = '' } = Object(error) as { code?: string; message?: string };
  if (DECLINED_ON_IOS.includes(String(code))) return 'declined';
  if (/permanently invalidated/i.test(message)) return 'reauth_required';
  const androidCode = Number(/code: (\d+)/.exec(message)?.[1]);
  if (DECLINED_ON_ANDROID.includes(androidCode)) return 'declined';
  return REMOVED_ON_ANDROID.includes(androidCode) ? 'reauth_required' : 'unavailable';
}
