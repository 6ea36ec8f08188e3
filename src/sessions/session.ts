import type { EventClient } from '../platform/events/index.js';
import type { UserProfile } from '../users/index.js';
import type { Transport } from './persistence/session.entity.js';
import type { TokenPlace } from './policy/rotation.js';

/** The client at the other end, as far as a request tells. */
export interface SessionClient {
  /** Names the request in the log. */
  readonly requestId: string;
  /** Tells clients apart that hold the same refresh token. A signal, not a secret. */
  readonly fingerprint: string;
  /** For people, such as "Firefox on Windows". */
  readonly deviceName: string;
  readonly ip: string | null;
}

/** Who asks for the end of a session: its client, or an operator, of whom nobody else is told. */
export type Requester = Partial<EventClient>;

/** A session that lives, and whose it is. Instants are epoch milliseconds. */
export interface LiveSession {
  readonly id: string;
  readonly user: UserProfile;
  readonly epoch: number;
  readonly transport: Transport;
  readonly rememberMe: boolean | null;
  /** Of the client that began it, where that is known. */
  readonly fingerprint: string | null;
  /** When a password was last given. */
  readonly authenticatedAt: number;
}

/**
 * What a session's client is to be given: the place of its next refresh token, and when that
 * expires (epoch milliseconds).
 */
export interface SessionGrant {
  readonly session: LiveSession;
  readonly refreshToken: TokenPlace;
  readonly expiresAt: number;
}

/**
 * What a refresh came to. The kinds are those of `decideRotation`, and `moved`: it would have been
 * granted, but came from another network, and its user is to sign in again.
 */
export type RefreshOutcome =
  | {
      readonly kind: 'rotated' | 'replayed' | 'reissued';
      readonly grant: SessionGrant;
      readonly previousNetwork?: string | undefined;
    }
  | {
      readonly kind: 'moved';
      readonly session: LiveSession;
      readonly previousNetwork: string;
    }
  | { readonly kind: 'reused' | 'ended' | 'expired' | 'outdated' };

/** At most `limit` sessions, those that come after one of the page before. */
export interface SessionsPage {
  readonly limit: number;
  readonly after?: Pick<SessionSummary, 'lastUsedAt' | 'id'>;
}

/** One of my devices, as the list shows it. */
export interface SessionSummary {
  readonly id: string;
  readonly deviceName: string;
  readonly ip: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}
