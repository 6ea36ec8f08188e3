import type * as wire from '#protocol';
import { issuedAt } from './claims.js';

/** The user, in the words of the API. What is taken over from other clients has no more than who. */
export interface User extends Pick<wire.User, 'id' | 'email'> {
  readonly first_name?: wire.User['first_name'] | undefined;
  readonly last_name?: wire.User['last_name'] | undefined;
  readonly email_verified?: wire.User['email_verified'] | undefined;
}

export type SignedOutReason = 'none' | 'signed_out' | 'expired' | 'revoked' | 'reused' | 'key_lost';

/** What is kept of the response to login, register, refresh and change-password. */
export interface TokenResponse extends Omit<wire.TokenResponse, 'token_type' | 'user'> {
  /** Not known of what is taken over from other clients. */
  readonly token_type?: wire.TokenResponse['token_type'] | undefined;
  readonly user: User;
}

/** Instants are in milliseconds since 1970, by the calendar of the device. */
export interface Session extends Omit<TokenResponse, 'access_token' | 'refresh_token'> {
  /** Not stored with the cookie transport. */
  readonly access_token?: string | undefined;
  /** None with the cookie transport. */
  readonly refresh_token?: string | undefined;
  readonly receivedAt: number;
  /** When the session itself ends, unless a refresh prolongs it. */
  readonly endsAt?: number | undefined;
}

/**
 * The right to refresh, for a while. A tab that dies or freezes while it has the lease delays
 * others no longer than until then.
 */
export interface Lease {
  readonly owner: string;
  /** In milliseconds since 1970. */
  readonly until: number;
  /** The owner has the Web Lock, too: where that is free, the lease has ended. */
  readonly isLocked: boolean;
}

/**
 * How a refresh has failed, and when the next one may be tried. All tabs know it, so that twenty of
 * them do not try twenty times.
 */
export interface Retry {
  readonly failures: number;
  /** The kind of the last failure; nothing where there was none. */
  readonly kind?: 'network' | 'timeout' | 'server' | 'throttled' | 'auth' | 'aborted' | 'storage';
  /** Nobody tries before this time, in milliseconds since 1970. */
  readonly notBefore: number;
  /** From this time on it is tried although nobody waits for it. */
  readonly at: number;
}

/** All that the tabs of a browser share, and all that is stored. */
export interface AuthRecord {
  /**
   * Raised by every sign-in, sign-out and refresh. A response is used only while the generation is
   * the one of its request.
   */
  readonly generation: number;
  readonly deviceId: string;
  readonly session?: Session | undefined;
  /** Why there is no session. */
  readonly reason?: SignedOutReason | undefined;
  readonly lease?: Lease | undefined;
  readonly retry?: Retry | undefined;
  /**
   * Sessions that have ended here, and that the server has not been told about yet: a token of each,
   * or its id where only the cookie has one.
   */
  readonly endings?: readonly string[] | undefined;
}

export const EMPTY_RECORD: AuthRecord = { generation: 0, deviceId: '' };

/** @param now milliseconds since 1970, when the request was sent */
export function signedIn(record: AuthRecord, tokens: TokenResponse, now: number): AuthRecord {
  const { refresh_expires_in } = tokens;
  const endsAt = refresh_expires_in && now + refresh_expires_in * 1000;
  return { ...next(record), session: { ...tokens, receivedAt: now, endsAt } };
}

export function signedOut(record: AuthRecord, reason: SignedOutReason): AuthRecord {
  return { ...next(record), reason };
}

/** Of the next generation, which has nothing of the former session. */
function next({ generation, deviceId, endings }: AuthRecord): AuthRecord {
  return { generation: generation + 1, deviceId, endings };
}

/** With a session that the server is still to be told to end; `isToken` says by what. */
export function withEnding(record: AuthRecord, ending: string): AuthRecord {
  return { ...record, endings: [...(record.endings ?? []), ending] };
}

/** False for the id of a session. */
export function isToken(ending: string): boolean {
  return ending.includes('.');
}

/**
 * With the access token that came in `X-New-Token`. The refresh token is the same, so the
 * generation stays.
 */
export function renewed(
  record: AuthRecord,
  access_token: string,
  expires_in: number,
  receivedAt: number,
): AuthRecord {
  const { session } = record;
  if (!session) return record;
  return {
    ...record,
    retry: undefined,
    session: { ...session, access_token, expires_in, receivedAt },
  };
}

/** As it is stored: with the cookie transport script must find no token. */
export function atRest(record: AuthRecord, cookieTransport: boolean): AuthRecord {
  const { session, endings } = record;
  return cookieTransport
    ? {
        ...record,
        session: session && { ...session, access_token: undefined, refresh_token: undefined },
        endings: endings?.filter((ending) => !isToken(ending)),
      }
    : record;
}

/**
 * The later one of two that differ: one may have been stored by another tab, the other not be
 * stored yet.
 */
export function later(known: AuthRecord, other: AuthRecord): AuthRecord {
  const lead =
    known.generation - other.generation ||
    issuedAt(known.session?.access_token) - issuedAt(other.session?.access_token);
  return lead > 0 ? known : other;
}

/** Whether what a storage returned is a record; what is not counts as none. */
export function isRecord(value: unknown): value is AuthRecord {
  const { generation = -1, session } = Object(value) as Partial<AuthRecord>;
  return generation >= 0 && (!session || !!session.user?.id);
}

/** With a device id that a header can carry: a new one where there is none. */
export function identified(record: AuthRecord): AuthRecord {
  return /^[ -~]{1,99}$/.test(record.deviceId) ? record : { ...record, deviceId: randomId() };
}

/**
 * No secret, only unlikely to come twice; `crypto` is not there on every origin, nor in React
 * Native.
 */
export function randomId(): string {
  return [1, 2, 3].map(() => Math.random().toString(36).slice(2)).join('');
}
