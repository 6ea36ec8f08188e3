import type { AuthError } from './errors.js';
import type { SignedOutReason, User } from './record/record.js';

/** What a client reports, in every tab. */
export interface AuthEvents {
  signedIn: { readonly user: User };
  /** The user has signed out, here or in another tab. */
  signedOut: Record<string, never>;
  /** The server has ended the session: once in each tab. */
  sessionExpired: { readonly reason: SignedOutReason };
  /** There is another access token, from this tab or another one. */
  tokenRefreshed: Record<string, never>;
  /** An attempt has failed. The session is kept, and it is tried again. */
  refreshFailed: { readonly error: AuthError };
  offline: Record<string, never>;
  /**
   * The user has to prove who they are, or sign in again: the server asks for it before the session
   * goes on (`client.reauthenticate`), or the stored session can never be read again, such as after
   * a change of biometrics.
   */
  reauthRequired: Record<string, never>;
  /**
   * The session ends within 5 minutes, since it cannot be prolonged any further: `endsAt` is in
   * milliseconds since 1970 by the calendar of the device.
   */
  expiresSoon: { readonly endsAt: number };
}

export type Listener<E extends keyof AuthEvents> = (event: AuthEvents[E]) => void;
