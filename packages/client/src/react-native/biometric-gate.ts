import type { AuthStorage } from '../core/index.js';

/**
 * What a person has answered. `declined`: they do not want to now, or have failed.
 * `reauth_required`: they can never be asked again in the same way, since biometrics have changed
 * or been removed. `unavailable`: they could not be asked just now, such as behind a locked screen.
 */
export type PromptAnswer = 'passed' | 'declined' | 'reauth_required' | 'unavailable';

export interface BiometricPrompt {
  /** Shows the person a prompt. What it rejects with counts as `unavailable`. */
  ask(): Promise<PromptAnswer>;
  /** Trusts the biometrics of this moment: somebody has just signed in. */
  arm?(): Promise<void>;
}

/** A person takes their time, but a prompt that never ends must not hold everything up for ever. */
const LONGEST_PROMPT_MS = 10 * 60_000;

/**
 * Asks the person before the app may have the session: once in the life of this storage, when the
 * session is first read, and not where nobody is signed in. The session itself is stored as
 * `storage` does it, whatever becomes of the biometrics.
 *
 * Who declines leaves the client `locked`, and is asked again by `client.ready()`. Where biometrics
 * have changed, it is `locked`, too, and tells `reauthRequired`. In both cases signing in opens it.
 *
 * @example storage: biometricGate(keychainStorage(Keychain), keychainPrompt(Keychain, { title:
 * 'Unlock' }))
 */
export function biometricGate(storage: AuthStorage, prompt: BiometricPrompt): AuthStorage {
  let isOpen = false;
  let asking: Promise<PromptAnswer> | undefined;

  async function ask(): Promise<PromptAnswer> {
    const answer = await prompt.ask().catch(() => 'unavailable' as const);
    asking = undefined;
    isOpen ||= answer === 'passed';
    return answer;
  }

  return {
    get timeoutMs() {
      return isOpen ? storage.timeoutMs : LONGEST_PROMPT_MS;
    },
    async read() {
      const found = await storage.read();
      if (isOpen || found.kind !== 'value' || !holdsSession(found.value)) return found;
      const answer = await (asking ??= ask());
      if (answer === 'passed') return storage.read();
      return { kind: 'unavailable', reason: answer === 'unavailable' ? undefined : answer };
    },
    // Nothing is written before it was read, unless somebody signs in or out: and who has signed in
    // need not prove it.
    async write(value) {
      await storage.write(value);
      if (isOpen || !holdsSession(value)) return;
      isOpen = true;
      await prompt.arm?.().catch(() => {});
    },
  };
}

function holdsSession(value: string): boolean {
  try {
    return !!(JSON.parse(value) as { session?: unknown } | null)?.session;
  } catch {
    return false;
  }
}
