import { type AuthClock, sleep } from './clock.js';
import { AuthError, toAuthError } from './errors.js';
import { type Api, tokensOf } from './http.js';
import { signedIn, signedOut } from './record.js';
import { REFRESH_LEASE_MS, type Section } from './section.js';
import type { SharedRecord } from './shared-record.js';
import { notYet, retryAfter, waitMs } from './timing.js';
import { endOfRefresh } from './verdict.js';

/** How long a message of another tab may take. */
const MESSAGE_MS = 1_000;
const LOOK_AGAIN_AFTER_MS = 20;

export interface Refresher {
  /** Joins the refresh in flight, or begins one as soon as may be. Resolves with what went wrong, if anything did; never rejects. */
  refresh(): Promise<AuthError | undefined>;
  /** Whatever is in flight is not worth waiting for any more. */
  abort(): void;
}

interface Surroundings {
  readonly shared: SharedRecord;
  readonly section: Section;
  readonly api: Api;
  readonly clock: AuthClock;
  readonly cookieTransport: boolean;
}

export function createRefresher({ shared, section, api, clock, cookieTransport }: Surroundings): Refresher {
  let inFlight: Promise<AuthError | undefined> | undefined;
  let exchange = new AbortController();

  async function begin(): Promise<AuthError | undefined> {
    const asked = shared.current.generation;
    const pauseMs = waitMs(shared.current.retry?.notBefore ?? 0, clock.now());
    if (pauseMs) await sleep(clock, pauseMs);
    const result = await section(REFRESH_LEASE_MS, () => refreshUnlessDone(asked));
    if (result !== 'done elsewhere') return result;
    await tokenOfAnotherTab();
    return section(REFRESH_LEASE_MS, async () => (shared.remainingMs() > 0 ? undefined : refreshNow()));
  }

  /** Where another tab was first, there is nothing left to do but to know its token. */
  async function refreshUnlessDone(asked: number): Promise<AuthError | 'done elsewhere' | undefined> {
    if (shared.current.generation === asked) return refreshNow();
    return shared.remainingMs() > 0 || !shared.current.session ? undefined : 'done elsewhere';
  }

  async function refreshNow(): Promise<AuthError | undefined> {
    const { generation, session } = shared.current;
    exchange = new AbortController();
    try {
      await (session && !session.refreshToken && !cookieTransport ? renew(session.accessToken) : rotate(generation, session?.refreshToken));
      return undefined;
    } catch (error) {
      const failure = toAuthError(error);
      const reason = endOfRefresh(failure, session, cookieTransport);
      await shared.update((record) => {
        if (record.generation !== generation) return record;
        return reason ? signedOut(record, reason) : { ...record, retry: retryAfter(failure, record.retry, clock.now(), Math.random()) };
      });
      // A refusal that is not the end of the session is weather, whatever it calls itself.
      return failure.kind === 'auth' && !reason
        ? new AuthError(failure.code, 'server', { status: failure.status, cause: failure })
        : failure;
    }
  }

  /** The answer counts only while the record still holds what was presented; then another tab or a sign-out has come first. */
  async function rotate(generation: number, token: string | undefined): Promise<void> {
    const sentAt = clock.now();
    const tokens = await tokensOf(api('/api/auth/refresh', { token, signal: exchange.signal }));
    await shared.update((record) => (record.generation === generation ? signedIn(record, tokens, sentAt) : record));
  }

  /** Where the server gives no refresh tokens, a session lives on `X-New-Token` alone, which any answer may bring once the time has come. */
  async function renew(token: string | undefined): Promise<void> {
    await api('/api/auth/verify', { method: 'GET', token, signal: exchange.signal });
    await shared.update((record) => (record.session?.accessToken === token ? { ...record, retry: notYet(clock.now()) } : record));
  }

  /** With the cookie transport no token is stored, so it comes by message or not at all. */
  async function tokenOfAnotherTab(): Promise<void> {
    for (let waitedMs = 0; waitedMs < MESSAGE_MS && shared.remainingMs() <= 0; waitedMs += LOOK_AGAIN_AFTER_MS) {
      await sleep(clock, LOOK_AGAIN_AFTER_MS);
    }
  }

  return {
    refresh: () => (inFlight ??= begin().finally(() => (inFlight = undefined))),
    abort: () => exchange.abort(),
  };
}
