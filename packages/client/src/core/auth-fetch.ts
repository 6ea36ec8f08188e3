import type { Authorizer } from './authorizer.js';
import { AuthError, type Problem } from './errors.js';
import { type Fetch, problemOf } from './http.js';

export interface AuthRequestInit extends RequestInit {
  /** How long this request may wait for a token, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** `fetch` with a token, and once more with another one where the first was refused. */
export function createAuthFetch(
  authorizer: Authorizer,
  baseUrl: string,
  fetch: Fetch,
): (input: string | URL | Request, init?: AuthRequestInit) => Promise<Response> {
  return async (input, { timeoutMs, ...init } = {}) => {
    const target = typeof input === 'string' && input.startsWith('/') ? baseUrl + input : input;
    const url = target instanceof Request ? target.url : String(target);
    const signal = init.signal ?? (target instanceof Request ? target.signal : undefined);
    const patience = { signal, timeoutMs };
    try {
      const token = await authorizer.tokenFor(url, patience);
      const response = await fetch(copyOf(target), withToken(target, init, token));
      const problem = response.status === 401 ? await readProblem(response) : undefined;
      const another = await authorizer.learn(response, problem, token, patience);
      if (!another) return response;
      if (isStream(init.body)) throw new AuthError('replay_impossible', 'server', { status: 401, problem });
      return await fetch(target, withToken(target, init, another));
    } catch (error) {
      // As `fetch` itself does.
      throw signal?.aborted ? signal.reason : error;
    }
  };
}

function isStream(body: unknown): boolean {
  return typeof ReadableStream !== 'undefined' && body instanceof ReadableStream;
}

/** A body can be sent once, so the original is kept for a second time. */
function copyOf(target: string | URL | Request): string | URL | Request {
  return target instanceof Request ? target.clone() : target;
}

function withToken(target: string | URL | Request, init: RequestInit, token: string | undefined): RequestInit {
  if (!token) return init;
  const headers = new Headers(init.headers ?? (target instanceof Request ? target.headers : undefined));
  headers.set('Authorization', `Bearer ${token}`);
  return { ...init, headers };
}

async function readProblem(response: Response): Promise<Problem | undefined> {
  return problemOf(
    response,
    await response
      .clone()
      .text()
      .catch(() => ''),
  );
}
