import { type Account, createAccount } from './account.js';
import { createAnnouncer } from './announcer.js';
import { createAuthorizer, type Authorizer } from './authorizer.js';
import { systemClock } from './clock.js';
import { AuthError } from './errors.js';
import type { AuthEvents, Listener } from './events.js';
import { answerOf, createApi } from './http.js';
import { createKeeper } from './keeper.js';
import type { AuthClientOptions, Settings, TokenDemand } from './options.js';
import type { Change } from './page.js';
import { randomId, type User } from './record.js';
import { createRefresher } from './refresher.js';
import { type AuthRequestInit, createAuthFetch } from './auth-fetch.js';
import { acrossTabs, createSection } from './section.js';
import { createSharedRecord } from './shared-record.js';
import type { Snapshot } from './snapshot.js';
import { openStore } from './storage/open-store.js';
import { createRenewals } from './renewal.js';

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
  /** The user as the server knows them now. */
  getCurrentUser(): Promise<User>;
  /**
   * `fetch`, authorised where the URL is the server's. A path is one of the server. An answer that
   * says that the token has expired is not seen: the request is sent once more with a new one,
   * unless its body is a stream, which rejects with `replay_impossible`.
   */
  fetch(input: string | URL | Request, init?: AuthRequestInit): Promise<Response>;
  getSnapshot(): Snapshot;
  /** Calls back whenever the snapshot is another one, until what it returns is called. */
  subscribe(listener: () => void): () => void;
  on<E extends keyof AuthEvents>(event: E, listener: Listener<E>): () => void;
  /**
   * For platforms without a page: tells that the app is in front again, or that the network has
   * come or gone.
   */
  notify(change: Change): void;
  /** Lets go of timers and listeners. The session stays where it is stored. */
  dispose(): void;
}

/**
 * A client of one server. It touches neither timers, storage nor network until it is first used, so
 * it can be made anywhere, also where pages are rendered.
 */
export function createAuthClient(options: AuthClientOptions = {}): AuthClient {
  const {
    baseUrl = '',
    transport,
    storage,
    refreshMarginSeconds,
    timeoutMs = 5_000,
    coordination = 'auto',
    clock = systemClock,
  } = options;
  const settings: Settings = {
    baseUrl: baseUrl.replace(/\/+$/, ''),
    fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
    clock,
    cookieTransport: transport === 'cookie',
    timeoutMs,
    refreshMarginSeconds,
  };

  const name = `evergreen-auth:${settings.baseUrl}`;
  const store = openStore(storage, name);
  const shared = createSharedRecord(settings, store);
  const isShared = store.shared && coordination !== 'none';
  const locks = coordination === 'auto' ? globalThis.navigator?.locks : undefined;
  const section = createSection(
    isShared ? acrossTabs(shared, clock, name, randomId(), locks) : undefined,
  );
  const announcer = createAnnouncer(options.logger);
  const renewals = createRenewals(settings, shared);
  const api = createApi(settings, shared, renewals.take);
  const refresher = createRefresher(settings, shared, section, api);
  const verify = () => authFetch('/api/auth/verify');
  const keeper = createKeeper(settings, shared, refresher, announcer, isShared && name, verify);
  const account = createAccount(settings, shared, section, refresher, keeper, api);
  const authorizer = createAuthorizer(shared, keeper, renewals);
  const authFetch = createAuthFetch(settings, authorizer);

  async function getAccessToken(demand?: TokenDemand): Promise<string> {
    const token = await keeper.token(demand);
    if (!token) throw new AuthError('auth', 'not_authenticated');
    return token;
  }

  async function getCurrentUser(): Promise<User> {
    const { id } = shared.current.session ?? {};
    const user = (await answerOf(await authFetch('/api/auth/me'))) as User;
    await shared.update((record) =>
      record.session && record.session.id === id
        ? { ...record, session: { ...record.session, user } }
        : record,
    );
    keeper.announce();
    return user;
  }

  return {
    ...account,
    ...authorizer,
    ready: keeper.ready,
    getAccessToken,
    needsTokenRefresh: keeper.isDue,
    refreshToken: () => getAccessToken({ forceRefresh: true }),
    getCurrentUser,
    fetch: authFetch,
    getSnapshot: () => announcer.snapshot,
    subscribe(listener) {
      void keeper.load();
      return announcer.subscribe(listener);
    },
    on: announcer.on,
    notify: keeper.notice,
    dispose: keeper.dispose,
  };
}
