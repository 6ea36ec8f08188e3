import type { AuthClock } from './clock.js';
import type { AuthStorage, RecordStore } from './storage/storage.js';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Where the session is kept: see `createAuthClient`. */
export type StorageOption = 'indexedDB' | 'memory' | AuthStorage | ((key: string) => RecordStore);

/** Where the client says what it does; `console` is one. Never a token. */
export interface Logger {
  /** Each time that the client has looked whether the token is to be replaced. */
  debug?(message: string, detail?: unknown): void;
  /** What has changed, such as `tokenRefreshed`. */
  info?(message: string, detail?: unknown): void;
  /** What has failed without harm, and that the session ends soon. */
  warn?(message: string, detail?: unknown): void;
}

export interface AuthClientOptions {
  /**
   * The server, such as `https://api.example.com`; in a browser, the page's own origin where it is
   * not given.
   */
  readonly baseUrl?: string | undefined;
  /** Tells two sessions on one page apart, such as those of two accounts: bearer transport only. */
  readonly name?: string | undefined;
  /**
   * `bearer` (default): script holds both tokens. `cookie`: the refresh token is in a cookie that
   * script cannot read, the access token in memory alone; page and server have to be of one site.
   */
  readonly transport?: 'bearer' | 'cookie' | undefined;
  /**
   * `indexedDB`, the default in browsers; `memory`, the default elsewhere; `localStorageTokens`,
   * which takes over `access_token` and `refresh_token` from `localStorage` and keeps both entries
   * up to date; or a storage of your own.
   */
  readonly storage?: StorageOption | undefined;
  /**
   * How long before its end an access token is replaced, in seconds: 300, or a sixth of its
   * lifetime where that is less.
   */
  readonly refreshMarginSeconds?: number | undefined;
  /**
   * How long one refresh may take: 5,000 milliseconds. A request waits for a token twice as long.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How tabs keep out of each other's way: `auto` (default) by a Web Lock, where there is one, and
   * a lease in the shared record; `lease` by the lease alone; `none` where there is one tab only.
   * Without a shared storage there is nothing to coordinate.
   */
  readonly coordination?: 'auto' | 'lease' | 'none' | undefined;
  /**
   * Has the user prove again who they are, for a request that needs it: resolves once
   * `client.reauthenticate` has, and the request is sent again. Called once for all requests that
   * wait; they get the refusal where it rejects, or is not given.
   */
  readonly onReauthenticate?: (() => Promise<unknown>) | undefined;
  readonly fetch?: Fetch | undefined;
  readonly clock?: AuthClock | undefined;
  readonly logger?: Logger | undefined;
}

/** The names are those of the API. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** true for the longest session, false for one of a day; not given for the usual one. */
  readonly remember_me?: boolean | undefined;
}

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly first_name?: string | undefined;
  readonly last_name?: string | undefined;
}

export interface PasswordChange {
  /** Needed by a user who has a password; others set the first one so. */
  readonly current_password?: string | undefined;
  readonly new_password: string;
}

/** A password, or what a way takes that the server has registered. */
export type IdentityProof =
  { readonly current_password: string } | { readonly proof: string; readonly response: string };

/** How long a caller waits for a token. */
export interface Patience {
  readonly signal?: AbortSignal | null | undefined;
  /**
   * At most, and through as many attempts as that allows. By default twice the `timeoutMs` of the
   * client, or 2 seconds where the server responds, but not as it should.
   */
  readonly timeoutMs?: number | undefined;
}

export interface TokenDemand extends Patience {
  /** How long the token has to be good for. */
  readonly minValiditySeconds?: number | undefined;
  /** A new one, even if the present one is good. */
  readonly forceRefresh?: boolean | undefined;
}
