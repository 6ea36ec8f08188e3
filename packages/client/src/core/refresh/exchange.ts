import type { ErrorCode } from '#protocol';
import { sleep } from '../clock.js';
import { AuthError, toAuthError } from '../errors.js';
import { callApi, tokensOf } from '../http/api.js';
import { inTime } from '../in-time.js';
import { type AuthRecord, signedIn, signedOut } from '../record/record.js';
import { remainingMs, update } from '../record/shared-record.js';
import type { ClientState } from '../state.js';
import { askTabs } from '../tabs/broadcast.js';
import { exclusively, REFRESH_LEASE_MS } from '../tabs/mutex.js';
import { degradedError, retryAfter } from './timing.js';
import { endOfRefresh } from './verdict.js';

/** How long the message of another tab that has just refreshed may take. */
const MESSAGE_MS = 1_000;
/** How long other tabs may take to say that they have a token. */
const REPLY_MS = 100;
const LOOK_AGAIN_AFTER_MS = 20;

/** A response that comes later than this is not used. */
const LATEST_RESPONSE_MS = 30_000;

/**
 * Replaces the tokens once, unless another tab has done so. Resolves with what went wrong, if
 * anything did; never rejects.
 */
export async function exchangeOnce(client: ClientState): Promise<AuthError | undefined> {
  const { generation, session } = client.record;
  if (client.cookieTransport && !session?.access_token) {
    askTabs(client);
    if (await receivesToken(client, REPLY_MS, generation)) return undefined;
  }
  return exclusively(client, REFRESH_LEASE_MS, async () => {
    // With the cookie transport no token is stored, so that of another tab comes by message.
    const isMoved = client.record.generation !== generation;
    if (isMoved && (await receivesToken(client, MESSAGE_MS, generation))) return undefined;
    return degradedError(client.record.retry, client.clock.now()) ?? exchangeNow(client);
  });
}

/** Nobody wants the response any more, nor, if that is final, any other one. */
export function abortExchange(client: ClientState, isFinal = false): void {
  client.exchange.abort();
  if (!isFinal) client.exchange = new AbortController();
}

/** Whether there is a token within that time, or a sign-out since that generation. */
async function receivesToken(
  client: ClientState,
  milliseconds: number,
  generation: number,
): Promise<boolean> {
  const isWanted = () =>
    remainingMs(client) <= 0 &&
    !!(client.record.session ?? client.record.generation === generation);
  for (let waitedMs = 0; isWanted() && waitedMs < milliseconds; waitedMs += LOOK_AGAIN_AFTER_MS)
    await sleep(client.clock, LOOK_AGAIN_AFTER_MS);
  return !isWanted();
}

/**
 * The response counts only while the record still holds what was presented; else another tab or a
 * sign-out has come first. A server that is slower than usual is waited for longer after each
 * failure, and what it sends in the meantime is used.
 */
async function exchangeNow(client: ClientState): Promise<AuthError | undefined> {
  const { record: presented, timeoutMs } = client;
  const { signal } = client.exchange;
  if (signal.aborted) return new AuthError('aborted', 'disposed');
  const patienceMs = Math.min(
    timeoutMs * 2 ** (presented.retry?.failures ?? 0),
    LATEST_RESPONSE_MS,
  );
  const used = requestTokens(client, presented);
  try {
    await inTime(client.clock, patienceMs, signal, used);
    return undefined;
  } catch (error) {
    if (signal.aborted) return new AuthError('aborted');
    used.then(
      () => client.afterRefresh(),
      () => {},
    );
    return recordFailure(client, presented, toAuthError(error));
  }
}

async function requestTokens(client: ClientState, presented: AuthRecord): Promise<void> {
  const { session } = presented;
  const sentAt = client.clock.now();
  const post = (token: string | undefined) =>
    tokensOf(
      callApi(client, '/api/auth/refresh', {
        token,
        signal: client.exchange.signal,
        timeoutMs: LATEST_RESPONSE_MS,
      }),
    );
  const { access_token, refresh_token } = session ?? {};
  const token = refresh_token ?? (client.cookieTransport ? undefined : access_token);
  const tokens = await post(token).catch((error: unknown) => {
    // The access token says which of several cookies is meant.
    if ((error as AuthError).code === ('cookies_ambiguous' satisfies ErrorCode) && access_token)
      return post(access_token);
    throw error;
  });
  // The cookie of somebody else, or their response, must not become this user's session. That of
  // another session of this user may: they have signed in again by a login provider.
  if (session && session.user.id !== tokens.user.id)
    throw new AuthError('server', 'session_mismatch');
  await update(client, (record) =>
    record.generation === presented.generation ? signedIn(record, tokens, sentAt) : record,
  );
}

async function recordFailure(
  client: ClientState,
  presented: AuthRecord,
  error: AuthError,
): Promise<AuthError> {
  const reason = endOfRefresh(error, presented.session);
  // A refusal that is not the end of the session passes, whatever its status is.
  const failure =
    error.kind === 'auth' && !reason
      ? new AuthError('server', error.code, { status: error.status, cause: error })
      : error;
  await update(client, (record) => {
    if (record.generation !== presented.generation) return record;
    return reason
      ? signedOut(record, reason)
      : { ...record, retry: retryAfter(failure, record.retry, client.clock.now(), Math.random()) };
  });
  return failure;
}
