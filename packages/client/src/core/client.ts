import {
  type Account,
  adoptSession,
  changePassword,
  logout,
  reauthenticate,
  signIn,
} from './account.js';
import { listen } from './announcer.js';
import { systemClock } from './clock.js';
import { AuthError } from './errors.js';
import type { AuthEvents, Listener } from './events.js';
import { type Call, callApi } from './http/api.js';
import { authFetch, type AuthRequestInit } from './http/auth-fetch.js';
import { type Authorizer, handleResponse, tokenFor } from './http/authorizer.js';
import { createServerAddress } from './http/server-address.js';
import { afterRefresh, announce, dispose, load, notice, ready } from './keeper.js';
import type { AuthClientOptions, TokenDemand } from './options.js';
import { EMPTY_RECORD, type User } from './record/record.js';
import { update } from './record/shared-record.js';
import { untilMarginMs } from './refresh/schedule.js';
import { accessToken } from './refresh/token.js';
import type { Snapshot } from './snapshot.js';
import type { ClientState } from './state.js';
import { openStore } from './storage/open-store.js';
import type { Change } from './tabs/page.js';

/**
 * Keeps a user signed in for as long as the server lets them, and signed out from the moment that
 * they are not.
 */
export interface AuthClient extends Account, Authorizer {
  /**
   * Resolves once it is known whether somebody is signed in; offline, too. Asks again for what was
   * locked. Never rejects.
   */
  ready(): Promise<void>;
  /** A token that is good for at least so long, refreshed if need be. */
  getAccessToken(demand?: TokenDemand): Promise<string>;
  /** Whether the access token is so near its end that it is to be replaced. */
  needsTokenRefresh(): boolean;
  /** Replaces the access token, whatever its age, and resolves with the new one. */
  refreshToken(): Promise<string>;
  /** The user as they are known here; null where nobody is signed in, or it is not known yet. */
  getCurrentUser(): User | null;
  /** The user as the server knows them now. Rejects with an AuthError. */
  reloadUser(): Promise<User>;
  /**
   * `fetch`, authorised where the URL is the server's. A path is one of the server. A response that
   * says that the token has expired is not seen: the request is sent once more with a new one,
   * unless its body is a stream, which rejects with `replay_impossible`. A request that brings its
   * own `Authorization` is sent as it is.
   */
  fetch(input: string | URL | Request, init?: AuthRequestInit): Promise<Response>;
  /**
   * For the other doors of this package: sends a request to a route of the server, with the token
   * that is given or without one. Rejects with an AuthError.
   */
  call(path: string, call: Call): Promise<unknown>;
  getSnapshot(): Snapshot;
  /** Calls back whenever the snapshot is another one, until what it returns is called. */
  subscribe(listener: () => void): () => void;
  on<E extends keyof AuthEvents>(event: E, listener: Listener<E>): () => void;
  /**
   * For platforms without a page: tells that the app is in front again, or that the network has
   * come or gone.
   */
  notify(change: Change): void;
  /** Lets go of timers, listeners and connections, for good. The session stays where it is stored. */
  dispose(): void;
}

/**
 * A client of one server. It touches neither timers, storage nor network until it is first used, so
 * it can be made anywhere, also where pages are rendered.
 *
 * @throws TypeError where `baseUrl` is not the address of a server
 */
export function createAuthClient(options: AuthClientOptions = {}): AuthClient {
  const client = newState(options);
  const begin = () => void load(client).catch(() => {});
  const getAccessToken = async (demand?: TokenDemand) => {
    const token = await accessToken(client, demand);
    if (!token) throw new AuthError('auth', 'not_authenticated');
    return token;
  };
  return {
    ready: () => ready(client),
    login: (credentials) => signIn(client, '/api/auth/login', credentials),
    register: (registration) => signIn(client, '/api/auth/register', registration),
    logout: (how) => logout(client, how),
    changePassword: (change) => changePassword(client, change),
    reauthenticate: (proof) => reauthenticate(client, proof),
    adoptSession: () => adoptSession(client),
    getAccessToken,
    needsTokenRefresh: () => !!client.record.session && untilMarginMs(client) <= 0,
    refreshToken: () => getAccessToken({ forceRefresh: true }),
    getCurrentUser: () => client.record.session?.user ?? null,
    reloadUser: async () => reloadUser(client, await getAccessToken()),
    fetch: (input, init) => authFetch(client, input, init),
    call: async (path, call) => {
      await load(client);
      return callApi(client, path, call);
    },
    tokenFor: (url, patience) => tokenFor(client, url, patience),
    handleResponse: (...response) => handleResponse(client, ...response),
    getSnapshot: () => client.snapshot,
    subscribe(listener) {
      begin();
      return listen(client, 'change', listener);
    },
    on(event, listener) {
      begin();
      return listen(client, event, listener);
    },
    notify: (change) => notice(client, change),
    dispose: () => dispose(client),
  };
}

function newState(options: AuthClientOptions): ClientState {
  const { coordination = 'auto', name } = options;
  const address = createServerAddress(options.baseUrl ?? '');
  const key = `evergreen-auth:${address.base}${name ? `#${name}` : ''}`;
  const store = openStore(options.storage, key);
  const client: ClientState = {
    address,
    fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
    clock: options.clock ?? systemClock,
    logger: options.logger,
    onReauthenticate: options.onReauthenticate,
    cookieTransport: options.transport === 'cookie',
    timeoutMs: options.timeoutMs ?? 5_000,
    refreshMarginSeconds: options.refreshMarginSeconds,
    key,
    isShared: !!store.shared && coordination !== 'none',
    locks: coordination === 'auto' ? globalThis.navigator?.locks : undefined,
    store,
    record: EMPTY_RECORD,
    lastWork: Promise.resolve(),
    exchange: new AbortController(),
    afterRefresh: (failure) => afterRefresh(client, failure),
    snapshot: { status: 'loading' },
    listeners: {},
    phase: 'loading',
    isOnline: true,
  };
  return client;
}

async function reloadUser(client: ClientState, token: string): Promise<User> {
  const id = client.record.session?.session_id;
  const user = (await callApi(client, '/api/auth/me', { method: 'GET', token })) as User;
  await update(client, (record) =>
    record.session && record.session.session_id === id
      ? { ...record, session: { ...record.session, user } }
      : record,
  );
  announce(client);
  return user;
}
