import { sleep } from './clock.js';
import { AuthError, toAuthError } from './errors.js';
import { type Api, tokensOf } from './http.js';
import type { Settings } from './options.js';
import { signedIn, signedOut } from './record.js';
import { REFRESH_LEASE_MS, type Section } from './section.js';
import type { SharedRecord } from './shared-record.js';
import { retryAfter, waitMs } from './timing.js';
import { endOfRefresh } from './verdict.js';

/** How long a message of another tab may take. */
const MESSAGE_MS = 1_000;
const LOOK_AGAIN_AFTER_MS = 20;

export interface Refresher {
  /** Refreshes as soon as may be. Resolves with what went wrong, if anything did; never rejects. */
  refresh(): Promise<AuthError | undefined>;
  /** Whatever is in flight is not worth waiting for any more. */
  abort(): void;
}

export function createRefresher(
  { clock }: Settings,
  shared: SharedRecord,
  section: Section,
  api: Api,
): Refresher {
  let exchange = new AbortController();

  async function refresh(): Promise<AuthError | undefined> {
    const { generation, retry } = shared.current;
    const pauseMs = waitMs(retry?.notBefore, clock.now());
    if (pauseMs) await sleep(clock, pauseMs);
    return section(REFRESH_LEASE_MS, async () => {
      if (shared.current.generation !== generation && (await isDoneElsewhere())) return undefined;
      return refreshNow();
    });
  }

  /**
   * With the cookie transport no token is stored, so that of another tab comes by message, or not
   * at all.
   */
  async function isDoneElsewhere(): Promise<boolean> {
    for (
      let waitedMs = 0;
      waitedMs < MESSAGE_MS && shared.current.session && shared.remainingMs() <= 0;
      waitedMs += LOOK_AGAIN_AFTER_MS
    ) {
      await sleep(clock, LOOK_AGAIN_AFTER_MS);
    }
    return !shared.current.session || shared.remainingMs() > 0;
  }

  /**
   * The answer counts only while the record still holds what was presented; else another tab or a
   * sign-out has come first.
   */
  async function refreshNow(): Promise<AuthError | undefined> {
    const { generation, session } = shared.current;
    const sentAt = clock.now();
    exchange = new AbortController();
    try {
      const tokens = await tokensOf(
        api('/api/auth/refresh', { token: session?.refreshToken, signal: exchange.signal }),
      );
      await shared.update((record) =>
        record.generation === generation ? signedIn(record, tokens, sentAt) : record,
      );
      return undefined;
    } catch (error) {
      const failure = toAuthError(error);
      const reason = endOfRefresh(failure, session);
      await shared.update((record) => {
        if (record.generation !== generation) return record;
        return reason
          ? signedOut(record, reason)
          : { ...record, retry: retryAfter(failure, record.retry, clock.now(), Math.random()) };
      });
      // A refusal that is not the end of the session is weather, whatever it calls itself.
      return failure.kind === 'auth' && !reason
        ? new AuthError('server', failure.code, failure)
        : failure;
    }
  }

  return { refresh, abort: () => exchange.abort() };
}
