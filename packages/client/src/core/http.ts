import type { AuthClock } from './clock.js';
import { inTime } from './in-time.js';
import { isTokenResponse, type TokenResponse } from './record.js';
import type { SharedRecord } from './shared-record.js';
import type { Answer } from './renewal.js';
import { AuthError, type Problem, toAuthError } from './errors.js';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly body?: object;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal;
  /** Whether it is sent even if the page goes away. */
  readonly keepalive?: boolean;
}

/** Calls the API of authentication: resolves with the body of a 2xx, and rejects with an AuthError for all else, within its time. */
export interface Api {
  (path: string, call?: Call): Promise<unknown>;
}

interface Surroundings {
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly clock: AuthClock;
  readonly shared: SharedRecord;
  readonly cookieTransport: boolean;
  readonly timeoutMs: number;
  readonly onAnswer: (answer: Answer) => Promise<unknown>;
}

export function createApi({ baseUrl, fetch, clock, shared, cookieTransport, timeoutMs, onAnswer }: Surroundings): Api {
  async function exchange(path: string, { method = 'POST', body, token, keepalive = false }: Call, signal: AbortSignal): Promise<unknown> {
    const response = await fetch(baseUrl + path, {
      method,
      headers: {
        'X-Device-Id': shared.current.deviceId,
        'X-Requested-With': 'evergreen',
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      credentials: cookieTransport ? 'include' : 'omit',
      // A login page that answers in our place is told nothing.
      redirect: 'manual',
      cache: 'no-store',
      keepalive,
      signal,
      ...(body && { body: JSON.stringify(body) }),
    });
    await onAnswer(response);
    return answerOf(response);
  }

  return async (path, call = {}) => {
    const unanswered = new AbortController();
    // Passwords are hashed, which takes its time.
    const patienceMs = call.body ? 2 * timeoutMs : timeoutMs;
    try {
      // The body of the answer has to be here in time, too, and a fetch of somebody else's may not listen to signals.
      return await inTime(clock, patienceMs, call.signal, exchange(path, call, unanswered.signal));
    } catch (error) {
      throw toAuthError(error);
    } finally {
      unanswered.abort();
    }
  };
}

/** The tokens that an answer brings. What is none, such as the login page of a network, is the server's failure. */
export async function tokensOf(answer: Promise<unknown>): Promise<TokenResponse> {
  const body = await answer;
  if (!isTokenResponse(body)) throw new AuthError('server_error', 'server');
  return body;
}

/** The body of a 2xx; rejects with an AuthError for all else. */
export async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.ok) return parse(text);
  throw failureOf(response, problemOf(response, text));
}

/** The problem that a refusal names; nothing where it is not of our making, such as a firewall's page. */
export function problemOf(response: Response, text: string): Problem | undefined {
  const body = /json/.test(response.headers.get('Content-Type') ?? '') ? parse(text) : undefined;
  return typeof (body as Problem | undefined)?.code === 'string' ? (body as Problem) : undefined;
}

function failureOf(response: Response, problem: Problem | undefined): AuthError {
  const { status } = response;
  const retryAfterSeconds = Number(response.headers.get('Retry-After')) || 0;
  const details = { status, problem, retryAfterSeconds };
  if (status === 429) return new AuthError(problem?.code ?? 'rate_limited', 'throttled', details);
  // Only a problem of ours is about the user; 401 and 403 of anything between us and the server are not.
  if (problem && status >= 400 && status < 500 && !problem.retryable) return new AuthError(problem.code, 'auth', details);
  return new AuthError(problem?.code ?? 'server_error', 'server', details);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
