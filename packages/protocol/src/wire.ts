/** Where a session's refresh token goes: into the body of the response, or into a cookie. */
export type Transport = 'body' | 'cookie';

/** How a granted refresh came about; `renewed` is one by an access token alone. */
export const REFRESH_OUTCOMES = ['rotated', 'replayed', 'reissued', 'renewed'] as const;
export type RefreshOutcomeName = (typeof REFRESH_OUTCOMES)[number];

/** How one by a refresh token did. */
export type RotationOutcomeName = Exclude<RefreshOutcomeName, 'renewed'>;

/**
 * How tokens are sent: `DPoP` with a proof of the key that their session is bound to (RFC 9449,
 * section 5), where a route wants one.
 */
export const TOKEN_TYPES = ['bearer', 'DPoP'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

/** What keeps others from using the tokens of a session: nothing, or a key of its client. */
export const BINDINGS = ['none', 'key'] as const;
export type Binding = (typeof BINDINGS)[number];

/** A user, as the API shows one. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly email_verified: boolean;
}

/** The body of the response to login, register, refresh and change-password. */
export interface TokenResponse {
  readonly access_token: string;
  /** Absent where it is in the cookie, or there is none. */
  readonly refresh_token?: string;
  readonly token_type: TokenType;
  /** Seconds until the access token expires. */
  readonly expires_in: number;
  /** Seconds until the refresh token expires, and its session with it. */
  readonly refresh_expires_in?: number;
  readonly session_id: string;
  readonly user: User;
}

/** The body of the response to `GET /api/auth/verify`. */
export interface VerifyResponse {
  readonly valid: true;
  readonly user: Pick<User, 'id'>;
  readonly session_id: string;
  /** Seconds until the access token expires. */
  readonly expires_in: number;
}

/**
 * The body of the response to `POST /api/auth/introspect` (RFC 7662, section 2.2): what is not an
 * access token that is good now is not active, and nothing else is said about it.
 */
export type Introspection = { readonly active: false } | ActiveToken;

/** What an access token says. Instants are in epoch seconds. */
export interface ActiveToken {
  readonly active: true;
  readonly token_type: TokenType;
  readonly iss: string;
  readonly aud: string;
  /** The id of the user. */
  readonly sub: string;
  /** The id of the session. */
  readonly sid: string;
  readonly iat?: number;
  readonly exp: number;
  readonly roles: readonly string[];
  /** The thumbprint of the key that the session is bound to; absent if it is bound to none. */
  readonly cnf?: { readonly jkt: string };
}

/** One of a user's sessions, as the list shows it. Instants are in the form of ISO 8601. */
export interface ListedSession {
  readonly id: string;
  readonly device_name: string;
  readonly ip: string | null;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
  readonly binding: Binding;
  /** The session that asked. */
  readonly current: boolean;
}

/** The body of the response to `GET /api/sessions`. */
export interface SessionList {
  readonly sessions: readonly ListedSession[];
  /** Null on the last page. */
  readonly next_cursor: string | null;
}
