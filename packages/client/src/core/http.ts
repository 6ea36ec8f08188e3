import type { Settings } from './options.js';
import { inTime } from './in-time.js';
import { objectIn } from './json.js';
import type { TokenResponse } from './record.js';
import type { SharedRecord } from './shared-record.js';
import type { Answer } from './renewal.js';
import { AuthError, type Problem, toAuthError } from './errors.js';

export interface Call {
  readonly body?: object;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal;
  /** Whether it is sent even if the page goes away. */
  readonly keepalive?: boolean;
}

/**
 * Calls the API of authentication: resolves with the body of a 2xx, and rejects with an AuthError
 * for all else, within its time.
 */
export type Api = (path: string, call?: Call) => Promise<unknown>;

export function createApi(
  { baseUrl, fetch, clock, cookieTransport, timeoutMs }: Settings,
  shared: SharedRecord,
  onAnswer: (answer: Answer) => Promise<unknown>,
): Api {
  async function exchange(
    path: string,
    { body, token, keepalive = false }: Call,
    signal: AbortSignal,
  ): Promise<unknown> {
    const response = await fetch(baseUrl + path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Device-Id': shared.current.deviceId,
        'X-Requested-With': 'evergreen',
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      credentials: cookieTransport ? 'include' : 'omit',
      // A login page that answers in our place is told nothing.
      redirect: 'manual',
      keepalive,
      signal,
      body: JSON.stringify(body ?? {}),
    });
    await onAnswer(response);
    return answerOf(response);
  }

  return async (path, call = {}) => {
    const unanswered = new AbortController();
    // Passwords are hashed, which takes its time.
    const patienceMs = call.body ? 2 * timeoutMs : timeoutMs;
    try {
      // The body of the answer has to be here in time, too, and a fetch of somebody else's may not
      // listen to signals.
      return await inTime(clock, patienceMs, call.signal, exchange(path, call, unanswered.signal));
    } catch (error) {
      throw toAuthError(error);
    } finally {
      unanswered.abort();
    }
  };
}

/**
 * The tokens that an answer brings. What is none, such as the login page of a network, is the
 * server's failure.
 */
export async function tokensOf(answer: Promise<unknown>): Promise<TokenResponse> {
  const tokens = (await answer) as TokenResponse;
  if (!tokens.access_token || !tokens.session_id) throw new AuthError('server');
  return tokens;
}

/** The body of a 2xx; rejects with an AuthError for all else. */
export async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.ok) return objectIn(text);
  throw failureOf(response, problemIn(text));
}

/**
 * The problem that a refusal names; nothing where it is not of our making, such as a firewall's
 * page.
 */
export function problemIn(text: string): Problem | undefined {
  const body = objectIn(text) as Problem;
  return typeof body.code === 'string' ? body : undefined;
}

/**
 * Only a problem of ours is about the user; a 401 or 403 of anything between us and the server is
 * not.
 */
function failureOf({ status, headers }: Response, problem: Problem | undefined): AuthError {
  const isOfUser = problem && status < 500 && !problem.retryable;
  const kind = status === 429 ? 'throttled' : isOfUser ? 'auth' : 'server';
  return new AuthError(kind, problem?.code, undefined, Number(headers.get('Retry-After')) || 0, {
    status,
    problem,
  });
}
