import { issuedAt } from './claims.js';

/** The user, in the words of the API. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly first_name?: string | null;
  readonly last_name?: string | null;
  readonly email_verified?: boolean;
}

export type SignedOutReason = 'none' | 'signed_out' | 'expired' | 'revoked' | 'reused';

export interface Session {
  readonly id: string;
  readonly user: User;
  /** None at rest with the cookie transport. */
  readonly accessToken?: string | undefined;
  /** None with the cookie transport. */
  readonly refreshToken?: string | undefined;
  /** Of the access token, when it was received. */
  readonly expiresInSeconds: number;
  /** By the calendar of the device. */
  readonly receivedAt: number;
}

/**
 * The right to refresh, for a while: whoever dies or freezes holding it holds nobody up for longer.
 */
export interface Lease {
  readonly owner: string;
  readonly until: number;
}

/** What stands between an app and the server, while the session itself is fine. */
export type Degraded = 'offline' | 'server' | 'throttled';

/**
 * How a refresh has failed, and when the next may be tried: known to every tab, so that twenty of
 * them do not try twenty times.
 */
export interface Retry {
  readonly failures: number;
  readonly degraded?: Degraded;
  /** Nobody asks before: the server said so, or the last failure was a moment ago. */
  readonly notBefore: number;
  /** When it is tried again although nobody waits for it. */
  readonly at: number;
}

/** All that the tabs of a browser share, and all that is stored. */
export interface AuthRecord {
  /**
   * Raised by every sign-in, sign-out and refresh: an answer is taken only while it is what it was
   * when the question was asked.
   */
  readonly generation: number;
  readonly deviceId: string;
  readonly session?: Session | undefined;
  /** Why there is no session. */
  readonly reason?: SignedOutReason | undefined;
  readonly lease?: Lease | undefined;
  readonly retry?: Retry | undefined;
}

/** What login, register, refresh and change-password answer. */
export interface TokenResponse {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly expires_in: number;
  readonly session_id: string;
  readonly user: User;
}

export function emptyRecord(): AuthRecord {
  return { generation: 0, deviceId: randomId() };
}

export function signedIn(record: AuthRecord, tokens: TokenResponse, now: number): AuthRecord {
  return {
    generation: record.generation + 1,
    deviceId: record.deviceId,
    session: {
      id: tokens.session_id,
      user: tokens.user,
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresInSeconds: tokens.expires_in,
      receivedAt: now,
    },
  };
}

export function signedOut(record: AuthRecord, reason: SignedOutReason): AuthRecord {
  return { generation: record.generation + 1, deviceId: record.deviceId, reason };
}

/**
 * With the access token that came in `X-New-Token`. It is the same place in the chain, so the
 * generation stays.
 */
export function renewed(
  record: AuthRecord,
  accessToken: string,
  expiresInSeconds: number,
  now: number,
): AuthRecord {
  return record.session
    ? {
        ...record,
        retry: undefined,
        session: { ...record.session, accessToken, expiresInSeconds, receivedAt: now },
      }
    : record;
}

/** As it is stored: nothing in script's reach with the cookie transport. */
export function atRest(record: AuthRecord, cookieTransport: boolean): AuthRecord {
  return cookieTransport && record.session
    ? { ...record, session: { ...record.session, accessToken: undefined, refreshToken: undefined } }
    : record;
}

/**
 * The later one of two that have parted: one may have been stored by another tab, the other not be
 * stored yet.
 */
export function later(known: AuthRecord, other: AuthRecord): AuthRecord {
  const lead =
    known.generation - other.generation ||
    issuedAt(known.session?.accessToken) - issuedAt(other.session?.accessToken);
  return lead > 0 ? known : other;
}

/** Whether what a storage returned is a record; what is not counts as none. */
export function isRecord(value: unknown): value is AuthRecord {
  const { generation = -1, deviceId, session } = Object(value) as Partial<AuthRecord>;
  return !!deviceId && generation >= 0 && (!session || !!session.user?.id);
}

/**
 * No secret, only unlikely to come twice; `crypto` is not there on every origin, nor in React
 * Native.
 */
export function randomId(): string {
  return [1, 2, 3].map(() => Math.random().toString(36).slice(2)).join('');
}
