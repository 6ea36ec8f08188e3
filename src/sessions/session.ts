import type { RotationOutcomeName, TokenPlace, Transport } from '#protocol';
import type { EventClient } from '../platform/events/index.js';
import type { UserProfile } from '../users/index.js';

/** The client, as far as its request shows. */
export interface SessionClient {
  /** The id of the request in the log. */
  readonly requestId: string;
  /** Distinguishes clients that hold the same refresh token. A signal, not a secret. */
  readonly fingerprint: string;
  /** For people to read, such as "Firefox on Windows". */
  readonly deviceName: string;
  readonly ip: string | null;
}

/** Who asks to end a session: a client; or an operator, of whom users see nothing. */
export type Requester = Partial<EventClient>;

/** A live session and its user. Instants are epoch milliseconds. */
export interface LiveSession {
  readonly id: string;
  readonly user: UserProfile;
  readonly epoch: number;
  readonly transport: Transport;
  readonly rememberMe: boolean | null;
  /** Of the client that began the session, if known. */
  readonly fingerprint: string | null;
  /** The thumbprint of the key that the session is bound to; null if it is bound to none. */
  readonly keyThumbprint: string | null;
  /** When the user last proved who they are. */
  readonly authenticatedAt: number;
  /** How the user has proved it, by the names of RFC 8176, such as `pwd`. */
  readonly amr: readonly string[];
  /** Of the user; null if there are none. */
  readonly roles: readonly string[] | null;
  /** Of the user; see `TokenFacts`. */
  readonly claimsVersion: number;
}

/** A live session, as far as a team's hooks need it. */
export interface SessionFacts {
  readonly id: string;
  /** How the user has proved who they are, by the names of RFC 8176, such as `pwd`. */
  readonly amr: readonly string[];
  /** When the user last proved who they are, in epoch milliseconds. */
  readonly authenticatedAt: number;
}

/**
 * What a client is granted: the position of its next refresh token in the session's chain, and when
 * that token expires (epoch milliseconds).
 */
export interface SessionGrant {
  readonly session: LiveSession;
  readonly refreshToken: TokenPlace;
  readonly expiresAt: number;
}

/**
 * The outcome of a refresh: the kinds of `decideRotation`, and two after which the session goes on
 * when its user proves who they are: `moved`, by a good token from another network, and `unproven`,
 * by a token from before a new proof.
 */
export type RefreshOutcome =
  | {
      readonly kind: RotationOutcomeName;
      readonly grant: SessionGrant;
      readonly previousNetwork?: string | undefined;
      /** A token that would end a session that is not bound. */
      readonly isOldToken?: true | undefined;
    }
  | {
      readonly kind: 'moved';
      readonly session: LiveSession;
      readonly previousNetwork: string;
    }
  | { readonly kind: 'reused' | 'ended' | 'expired' | 'outdated' | 'unproven' };

/** A session that is to begin its next epoch, as a token of it and the proof of its key say. */
export interface SessionToRestart {
  readonly id: string;
  readonly epoch: number;
  /** Of the key that the token is bound to. */
  readonly keyThumbprint?: string | undefined;
  /** Of the key that the session is to be bound to from then on; undefined to keep its key. */
  readonly newKeyThumbprint?: string | undefined;
}

/** At most `limit` sessions, after the last one of the previous page. */
export interface SessionsPage {
  readonly limit: number;
  readonly after?: Pick<SessionSummary, 'lastUsedAt' | 'id'>;
}

/** One device in the user's list of sessions. */
export interface SessionSummary {
  readonly id: string;
  readonly deviceName: string;
  readonly ip: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  /** True if it is bound to a key of its client. */
  readonly isBound: boolean;
}
