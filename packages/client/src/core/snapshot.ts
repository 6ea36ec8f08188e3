import type { AuthRecord, Retry, SignedOutReason, User } from './record/record.js';

/** What stands between an app and the server, while the session itself is fine. */
export type Degraded = 'offline' | 'server' | 'throttled';

/**
 * What an application shows. The same object until something has changed. What a status does not
 * come with may be read, too, and is undefined: `const { status, user } = client.getSnapshot()`.
 */
export type Snapshot = Whole<State>;

/** Each kind of `S`, with what only the others have as undefined. */
type Whole<S, Name extends PropertyKey = S extends unknown ? keyof S : never> = S extends unknown
  ? S & Readonly<Partial<Record<Exclude<Name, keyof S>, undefined>>>
  : never;

type State =
  | { readonly status: 'loading' }
  | {
      readonly status: 'authenticated';
      readonly user: User;
      /** When the access token ends, in milliseconds since 1970 by the calendar of the device. */
      readonly expiresAt: number;
      /** When the session itself ends, unless a refresh prolongs it: by the same calendar. */
      readonly sessionExpiresAt?: number | undefined;
      /**
       * Why the session cannot be refreshed just now. It is kept, and refreshed as soon as may be.
       */
      readonly degraded?: Degraded | undefined;
      /**
       * `key`: the session is bound to a key of this device, so its tokens alone are worth nothing.
       * Undefined where that is not known, as where a page is rendered.
       */
      readonly binding?: 'none' | 'key' | undefined;
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
    expiresAt: session.receivedAt + session.expires_in * 1000,
    sessionExpiresAt: session.endsAt,
    degraded: isOnline ? degradedBy(retry?.kind) : 'offline',
    binding: session.token_type === 'DPoP' ? 'key' : 'none',
  };
}

function degradedBy(kind: Retry['kind']): Degraded | undefined {
  if (kind === 'network') return 'offline';
  return kind && kind !== 'throttled' ? 'server' : kind;
}
