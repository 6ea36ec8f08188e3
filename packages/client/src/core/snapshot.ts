import type { AuthRecord, Degraded, SignedOutReason, User } from './record.js';

/** What an application shows. The same object until something has changed. */
export type Snapshot =
  | { readonly status: 'loading' }
  | {
      readonly status: 'authenticated';
      readonly user: User;
      /** When the access token ends, in milliseconds since 1970 by the calendar of the device. */
      readonly expiresAt: number;
      /**
       * Why the session cannot be refreshed just now. It is kept, and refreshed as soon as may be.
       */
      readonly degraded?: Degraded | undefined;
    }
  | { readonly status: 'unauthenticated'; readonly reason: SignedOutReason }
  /**
   * The session is there, but cannot be read: the phone is locked, or the person has declined to
   * unlock it.
   */
  | { readonly status: 'locked' };

export function snapshotOf(
  { session, reason = 'none', retry }: AuthRecord,
  isOnline: boolean,
): Snapshot {
  if (!session) return { status: 'unauthenticated', reason };
  return {
    status: 'authenticated',
    user: session.user,
    expiresAt: session.receivedAt + session.expiresInSeconds * 1000,
    degraded: isOnline ? retry?.degraded : 'offline',
  };
}
