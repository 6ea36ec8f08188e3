import type { AuthError } from './errors.js';
import type { SignedOutReason, User } from './record.js';

/** What a client tells, in every tab. */
export interface AuthEvents {
  signedIn: { readonly user: User };
  /** The user has signed out, here or in another tab. */
  signedOut: Record<string, never>;
  /** The server has ended the session: told once in each tab. */
  sessionExpired: { readonly reason: SignedOutReason };
  /** There is another access token, from this tab or another one. */
  tokenRefreshed: Record<string, never>;
  /** An attempt has failed. The session is kept, and it is tried again. */
  refreshFailed: { readonly error: AuthError };
  offline: Record<string, never>;
  /**
   * The stored session can never be read again, such as after a change of biometrics: the user has
   * to sign in.
   */
  reauthRequired: Record<string, never>;
}

export type Listener<E extends keyof AuthEvents> = (event: AuthEvents[E]) => void;
