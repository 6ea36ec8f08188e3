import type { Authorizer } from './authorizer.js';
import { AuthError } from './errors.js';
import { problemIn } from './http.js';
import type { Settings } from './options.js';

export interface AuthRequestInit extends RequestInit {
  /** How long this request may wait for a token, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

export type AuthFetch = (
  input: string | URL | Request,
  init?: AuthRequestInit,
) => Promise<Response>;

/** `fetch` with a token, and once more with another one where the first was refused. */
export function createAuthFetch({ baseUrl, fetch }: Settings, authorizer: Authorizer): AuthFetch {
  return async (input, { timeoutMs, ...init } = {}) => {
    const target = typeof input === 'string' && input.startsWith('/') ? baseUrl + input : input;
    const { url = (target as string | URL).toString(), signal: itsSignal } =
      target as Partial<Request>;
    const signal = init.signal ?? itsSignal;
    const patience = { signal, timeoutMs };
    try {
      const token = await authorizer.tokenFor(url, patience);
      const response = await fetch(copyOf(target), withToken(target, init, token));
      const problem =
        response.status === 401 ? problemIn(await response.clone().text()) : undefined;
      const another = await authorizer.learn(response, problem, token, patience);
      if (!another) return response;
      if (isStream(init.body))
        throw new AuthError('server', 'replay_impossible', undefined, 0, { status: 401, problem });
      return await fetch(target, withToken(target, init, another));
    } catch (error) {
      // As `fetch` itself does. React Native's signals give no reason.
      throw signal?.reason ?? error;
    }
  };
}

/** The body of a request can be sent once, so the original is kept for a second time. */
function copyOf(target: string | URL | Request): string | URL | Request {
  return (target as Partial<Request>).clone?.() ?? target;
}

function withToken(
  target: string | URL | Request,
  init: RequestInit,
  token: string | undefined,
): RequestInit {
  if (!token) return init;
  const headers = new Headers(init.headers ?? (target as Partial<Request>).headers);
  headers.set('Authorization', `Bearer ${token}`);
  return { ...init, headers };
}

/** Not `instanceof`: React Native has no streams. */
function isStream(body: unknown): boolean {
  return 'getReader' in Object(body);
}
