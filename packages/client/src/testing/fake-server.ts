import type { AuthClock, User } from '../core/index.js';
import {
  type Api,
  type BindingRules,
  createApi,
  type Handler,
  type NewUser,
  type RouteRules,
} from './api.js';
import type { FakeClock } from './fake-clock.js';
import { createFaults, type Faults, type Interfere } from './faults.js';
import type { FakeMail } from './mailed.js';
import { Request } from './platform.js';
import { createProofChecks } from './proofs.js';
import {
  createSessions,
  type FakeRefresh,
  type FakeSession,
  type SessionRules,
} from './sessions.js';

export interface FakeServerOptions extends Partial<SessionRules>, Partial<BindingRules> {
  /**
   * The server's time: that of a fake clock as it really is, whatever the device believes; by
   * default the time of the machine.
   */
  readonly clock?: FakeClock;
  /** Where it is to be found: `https://api.example.test`. */
  readonly url?: string;
}

/** A server of Evergreen in the memory of a test, with one browser or app before it. */
export interface FakeServer {
  /** For the client's `baseUrl`. */
  readonly url: string;
  /** For the client's `fetch`. It keeps the cookie, too, as a browser does. */
  readonly fetch: typeof globalThis.fetch;
  /** What is to go wrong. */
  readonly faults: Faults;
  /** Every refresh token that was presented, and what came of it. */
  readonly refreshes: readonly FakeRefresh[];
  /** Every mail that was sent, the oldest first. */
  readonly mails: readonly FakeMail[];
  /** The sessions that are live now. */
  readonly sessions: readonly FakeSession[];
  /** An account to log in with. `POST /api/auth/register` adds others. */
  addUser(account: NewUser): User;
  /**
   * Sets the password of a user, who stays signed in; null for none, as for a user of a login
   * provider.
   *
   * @throws TypeError where nobody has this address
   */
  setPassword(email: string, password: string | null): void;
  /**
   * A route of the application's own. It is called with a good access token alone, and renews it
   * where that is due.
   *
   * @param route method and path, which may end in an asterisk: `GET /api/orders`, `DELETE
   * /api/orders/*`
   * @param rules what it needs besides: `{ maxAgeSeconds: 300 }` for a recent proof of who the user is
   */
  handle(route: string, handler: Handler, rules?: RouteRules): void;
  /** Ends a session, as from another device. */
  endSession(id: string): void;
  /**
   * Lets every access token that has been issued so far count as expired. A client does not believe
   * that of a token that it has got less than 10 seconds ago, lest it refresh without end: let time
   * pass before.
   */
  expireAccessTokens(): void;
}

const DEFAULTS: SessionRules = {
  rotationPolicy: 'confirm-on-use',
  graceSeconds: 10,
  accessTokenSeconds: 30 * 60,
  renewBelowSeconds: 5 * 60,
  sessionSeconds: 14 * 86_400,
};

/**
 * A server that keeps the rules of the real one, for tests that have none: tokens, rotation,
 * renewal, errors and cookies are as there, times as in production. Passwords are of 8 characters
 * or more, all else is acceptable; nothing is limited, and no signature is made or verified.
 *
 * ```ts
 * const clock = createFakeClock();
 * const server = createFakeServer({ clock });
 * server.addUser({ email: 'ada@example.com', password: 'correct horse battery' });
 * server.handle('GET /api/orders', (_request, { user }) => Response.json([{ id: 1, buyer: user.id }]));
 *
 * const client = createAuthClient({ baseUrl: server.url, fetch: server.fetch, clock, storage: 'memory' });
 * await client.login({ email: 'ada@example.com', password: 'correct horse battery' });
 * await clock.advance(60_000);
 * server.expireAccessTokens();
 * server.faults.next('refresh', 'lose-response');
 * const [response] = await Promise.all([client.fetch('/api/orders'), clock.advance(10_000)]);
 * expect(response.status).toBe(200);
 * ```
 */
export function createFakeServer({
  clock,
  url = 'https://api.example.test',
  senderConstraint = 'offered',
  proofOn = 'default',
  ...rules
}: FakeServerOptions = {}): FakeServer {
  const now = () => (clock ? clock.actualNow() : Date.now());
  const sessions = createSessions({ ...DEFAULTS, ...rules }, now);
  const api = createApi(sessions, createProofChecks(now), { senderConstraint, proofOn });
  const { interfere, ...faults } = createFaults(clock ?? REAL_TIME);
  return {
    url,
    fetch: createFetch(url, api, interfere),
    faults,
    refreshes: sessions.refreshes,
    mails: api.mails,
    get sessions() {
      return sessions.live();
    },
    addUser: (account) => api.addUser(account),
    setPassword: (email, password) => api.setPassword(email, password),
    handle: (route, handler, rules) => api.handle(route, handler, rules),
    endSession: (id) => void sessions.end(id),
    expireAccessTokens: sessions.expireAccessTokens,
  };
}

const REAL_TIME: Pick<AuthClock, 'setTimer'> = {
  setTimer(callback, milliseconds) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

function createFetch(url: string, api: Api, interfere: Interfere): typeof globalThis.fetch {
  let cookie: string | undefined;

  /**
   * The cookie is sent with the request and taken with the response: one that is lost, or waited for
   * no more, brings none.
   */
  async function exchange(request: Request, signal: AbortSignal | undefined): Promise<Response> {
    if (new URL(request.url).origin !== new URL(url).origin)
      throw new TypeError('fetch failed: no such server');
    const isIncluded = request.credentials === 'include';
    const sent = isIncluded ? cookie : undefined;
    const response = await interfere(() => api.serve(request, sent), request);
    const change = isIncluded && !signal?.aborted ? api.cookieOf(response) : undefined;
    if (change !== undefined) cookie = change ?? undefined;
    return response;
  }

  return (input, { signal, ...init } = {}) => {
    const giveUp = signal ?? (input as Partial<Request>).signal;
    return unlessAborted(giveUp, exchange(new Request(input, init), giveUp));
  };
}

function unlessAborted<T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason as Error);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort));
  });
}
