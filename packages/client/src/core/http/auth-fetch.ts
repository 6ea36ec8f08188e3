import { AuthError } from '../errors.js';
import type { ClientState } from '../state.js';
import { problemIn } from './api.js';
import { handleResponse, tokenFor } from './authorizer.js';

export interface AuthRequestInit extends RequestInit {
  /** How long this request may wait for a token, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Whether it gets a token where the URL is the server's: true, unless it brings its own. */
  readonly auth?: boolean | undefined;
}

/** `fetch` with a token, and once more with another one where the first was refused. */
export async function authFetch(
  client: ClientState,
  input: string | URL | Request,
  { timeoutMs, auth = true, ...init }: AuthRequestInit = {},
): Promise<Response> {
  const target = typeof input === 'string' ? client.address.resolve(input) : input;
  const {
    url = (target as string | URL).toString(),
    signal: itsSignal,
    headers: itsHeaders,
  } = target as Partial<Request>;
  const signal = init.signal ?? itsSignal;
  const patience = { signal, timeoutMs };
  const headers = new Headers(init.headers ?? itsHeaders);
  const send = (to: string | URL | Request, token: string | undefined) => {
    if (token) headers.set('Authorization', `Bearer ${token}`);
    return client.fetch(to, token ? { ...init, headers } : init);
  };
  try {
    const isExempt = !auth || headers.has('Authorization');
    const token = isExempt ? undefined : await tokenFor(client, url, patience);
    const response = await send(copyOf(target), token);
    const problem = response.status === 401 ? problemIn(await response.clone().text()) : undefined;
    const another = await handleResponse(client, response, problem, token, patience);
    if (!another) return response;
    if (isStream(init.body))
      throw new AuthError('server', 'replay_impossible', { status: 401, problem });
    return await send(target, another);
  } catch (error) {
    // As `fetch` itself does. React Native's signals give no reason.
    throw signal?.reason ?? error;
  }
}

/** The body of a request can be sent once, so the original is kept for a second time. */
function copyOf(target: string | URL | Request): string | URL | Request {
  return (target as Partial<Request>).clone?.() ?? target;
}

/** Not `instanceof`: React Native has no streams. */
function isStream(body: unknown): boolean {
  return 'getReader' in Object(body);
}
