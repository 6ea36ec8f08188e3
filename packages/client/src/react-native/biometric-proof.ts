import { type AuthClient, AuthError, type IdentityProof } from '../core/index.js';
import { answerIn, type ProtectingKeychainModule } from './keychain-prompt.js';

/** A proof of who the user is, which only present biometrics open. */
export interface BiometricProof {
  /** Keeps it: when the user agrees to it, such as with the password that they have just typed. */
  keep(proof: IdentityProof): Promise<void>;
  /**
   * Asks the person, and sends what they have opened to the server. Rejects with an AuthError:
   * `declined`; `reauth_required` where there is none to open, since none was kept, biometrics have
   * changed or the server has refused it; `unavailable`; or that of `client.reauthenticate`.
   */
  reauthenticate(client: Pick<AuthClient, 'reauthenticate'>): Promise<void>;
  /** To be called when somebody signs out. */
  forget(): Promise<void>;
}

/** It is another one now, so it is no use to ask for a finger for it again. */
const REFUSED = ['current_password_invalid', 'reauthentication_failed'];

/**
 * Lets a finger or a face prove to the server who the user is: it opens an item of
 * `react-native-keychain`, and the server verifies what is in it. A prompt alone, such as that of
 * `biometricGate`, is known to the phone only.
 *
 * @example onReauthenticate: () => proof.reauthenticate(client)
 */
export function biometricProof(
  Keychain: ProtectingKeychainModule,
  {
    service = 'evergreen-auth',
    ...authenticationPrompt
  }: {
    service?: string | undefined;
    title?: string | undefined;
    cancel?: string | undefined;
  } = {},
): BiometricProof {
  const item = { service: `${service}.proof` };
  const accessControl = Keychain.ACCESS_CONTROL.BIOMETRY_CURRENT_SET;

  async function forget(): Promise<void> {
    await Keychain.resetGenericPassword(item);
  }

  async function open(): Promise<IdentityProof> {
    const found = await Keychain.getGenericPassword({
      ...item,
      accessControl,
      authenticationPrompt,
    }).catch((error: unknown) => {
      throw new AuthError('storage', answerIn(error), { cause: error });
    });
    if (!found) throw new AuthError('storage', 'reauth_required');
    return JSON.parse(found.password) as IdentityProof;
  }

  return {
    forget,
    async keep(proof) {
      await forget();
      await Keychain.setGenericPassword('evergreen-auth', JSON.stringify(proof), {
        ...item,
        accessible: Keychain.ACCESSIBLE.WHEN_UNLOCKED_THIS_DEVICE_ONLY,
        accessControl,
        // Android's only kind that does not ask when it is written.
        storage: Keychain.STORAGE_TYPE.RSA,
        authenticationPrompt,
      });
    },
    async reauthenticate(client) {
      const proof = await open();
      try {
        await client.reauthenticate(proof);
      } catch (error) {
        if (!REFUSED.includes((error as AuthError).code)) throw error;
        await forget();
        throw new AuthError('storage', 'reauth_required', { cause: error });
      }
    },
  };
}
