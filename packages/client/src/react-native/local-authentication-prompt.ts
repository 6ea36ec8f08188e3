import type { BiometricPrompt, PromptAnswer } from './biometric-gate.js';

interface LocalAuthenticationOptions {
  promptMessage?: string | undefined;
  cancelLabel?: string | undefined;
  disableDeviceFallback?: boolean | undefined;
}

/** The part of `expo-local-authentication` that is used. */
export interface LocalAuthenticationModule {
  authenticateAsync(
    options?: LocalAuthenticationOptions,
  ): Promise<{ success: true } | { success: false; error: string }>;
}

const ANSWERS: Readonly<Record<string, PromptAnswer>> = {
  user_cancel: 'declined',
  user_fallback: 'declined',
  authentication_failed: 'declined',
  lockout: 'declined',
  timeout: 'declined',
  not_enrolled: 'reauth_required',
  passcode_not_set: 'reauth_required',
};

/**
 * Asks by `expo-local-authentication`: for biometrics, or the passcode of the phone. It notices
 * when they have been removed, and cannot notice that they have changed.
 *
 * @param options are handed on
 */
export function localAuthenticationPrompt(
  LocalAuthentication: LocalAuthenticationModule,
  options?: LocalAuthenticationOptions,
): BiometricPrompt {
  return {
    async ask() {
      const result = await LocalAuthentication.authenticateAsync(options);
      return result.success ? 'passed' : (ANSWERS[result.error] ?? 'unavailable');
    },
  };
}
