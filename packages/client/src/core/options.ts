import type { AuthClock } from './clock.js';
import type { AuthStorage, RecordStore } from './storage/storage.js';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Where the session is kept: see `createAuthClient`. */
export type StorageOption = 'indexedDB' | 'memory' | AuthStorage | ((key: string) => RecordStore);

export interface AuthClientOptions {
  /**
   * The server, such as `https://api.example.com`; in a browser, the page's own origin where it is
   * not given.
   */
  readonly baseUrl?: string;
  /**
   * `bearer` (default): script holds both tokens. `cookie`: the refresh token is in a cookie that
   * script cannot read, the access token in memory alone; page and server have to be of one site.
   */
  readonly transport?: 'bearer' | 'cookie';
  /**
   * `indexedDB`, the default in browsers; `memory`, the default elsewhere; `localStorageTokens`,
   * which takes over `access_token` and `refresh_token` from `localStorage` and keeps both entries
   * up to date; or a storage of your own.
   */
  readonly storage?: StorageOption;
  /**
   * How long before its end an access token is replaced, in seconds: 300, or a sixth of its
   * lifetime where that is less.
   */
  readonly refreshMarginSeconds?: number;
  /**
   * How long one refresh may take: 5,000 milliseconds. A request waits for a token twice as long.
   */
  readonly timeoutMs?: number;
  /**
   * How tabs keep out of each other's way: `auto` (default) by a Web Lock, where there is one, and
   * a lease in the shared record; `lease` by the lease alone; `none` where there is one tab only.
   * Without a shared storage there is nothing to coordinate.
   */
  readonly coordination?: 'auto' | 'lease' | 'none';
  readonly fetch?: Fetch;
  readonly clock?: AuthClock;
  /** Is told what went wrong without harm, such as `console`. Never a token. */
  readonly logger?: { warn(message: string, detail?: unknown): void };
}

/** The options as they hold for a client. */
export interface Settings {
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly clock: AuthClock;
  readonly cookieTransport: boolean;
  readonly timeoutMs: number;
  readonly refreshMarginSeconds: number | undefined;
}

/** The names are those of the API. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** true for the longest session, false for one of a day; not given for the usual one. */
  readonly remember_me?: boolean;
}

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly first_name?: string;
  readonly last_name?: string;
}

export interface PasswordChange {
  readonly current_password: string;
  readonly new_password: string;
}

/** How long somebody waits for a token. */
export interface Patience {
  readonly signal?: AbortSignal | null | undefined;
  /** At most; by default twice the `timeoutMs` of the client. */
  readonly timeoutMs?: number | undefined;
}

export interface TokenDemand extends Patience {
  /** How long the token has to be good for. */
  readonly minValiditySeconds?: number;
  /** A new one, even if the present one is good. */
  readonly forceRefresh?: boolean;
}
