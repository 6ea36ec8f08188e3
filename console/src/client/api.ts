import { AuthError, type Problem } from '@evergreen-auth/client';
import { client } from './client.js';

/** What the server has refused, with the code that has a sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: string,
    readonly status: number,
    readonly retryAfterSeconds: number,
    /** The document of the error, where there is one. */
    readonly problem?: Problem,
  ) {
    super(code);
  }

  /** What a response says that is none of success. */
  static async from(response: Response): Promise<ApiError> {
    const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
    const code = typeof problem.code === 'string' ? problem.code : 'server';
    const retryAfterSeconds = Number(response.headers.get('retry-after') ?? 0);
    return new ApiError(code, response.status, retryAfterSeconds, { ...problem, code });
  }
}

interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: object;
  /** Instead of the user's own token, such as that of an operator. */
  readonly token?: string | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Calls a route of the server as the user who is signed in, and resolves with what it responds.
 *
 * @throws ApiError where the server refuses
 * @throws AuthError where there is no session, or the server cannot be reached
 */
export async function api<Body = unknown>(path: string, request: ApiRequest = {}): Promise<Body> {
  const { method = 'GET', body, token, signal } = request;
  const response = await send(path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: body ? JSON.stringify(body) : null,
    signal: signal ?? null,
  });
  if (!response.ok) throw await ApiError.from(response);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as Body;
}

/** A fetch that finds no server rejects with a TypeError, which has no sentence. */
async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await client.fetch(path, init);
  } catch (cause) {
    throw cause instanceof TypeError ? new AuthError('network', undefined, { cause }) : cause;
  }
}
