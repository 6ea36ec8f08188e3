import type { HeaderName } from '#protocol';
import { AuthError, type Problem, toAuthError } from '../errors.js';
import { inTime } from '../in-time.js';
import type { TokenResponse } from '../record/record.js';
import type { ClientState } from '../state.js';
import { objectIn } from './json.js';
import { takeRenewal } from './renewal.js';

export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly body?: object;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal;
  /** Whether the cookie is sent and taken where there is one: true. */
  readonly withCookie?: boolean;
  /** Whether it is sent even if the page goes away. */
  readonly keepalive?: boolean;
  readonly timeoutMs?: number;
}

/**
 * Calls the API of authentication: resolves with the body of a 2xx, and rejects with an AuthError
 * for all else, within its time.
 */
export async function callApi(
  client: ClientState,
  path: string,
  call: Call = {},
): Promise<unknown> {
  const exchanged = new AbortController();
  const url = client.address.base + path;
  // Passwords are hashed, which takes its time.
  const { timeoutMs = client.timeoutMs * (call.body ? 2 : 1) } = call;
  try {
    // The body of the response has to be here in time, too, and a fetch of somebody else's may not
    // listen to signals.
    const exchange = exchangeWith(client, url, call, exchanged.signal);
    return await inTime(client.clock, timeoutMs, call.signal, exchange);
  } catch (error) {
    const { kind, cause } = toAuthError(error);
    if (kind !== 'network' && kind !== 'timeout') throw error;
    const message = `No response from ${url}: is the server there, and this page in CORS_ORIGINS?`;
    throw new AuthError(kind, undefined, { message, cause });
  } finally {
    exchanged.abort();
  }
}

async function exchangeWith(
  client: ClientState,
  url: string,
  { method = 'POST', body = {}, token, withCookie = true, keepalive = false }: Call,
  signal: AbortSignal,
): Promise<object> {
  const response = await client.fetch(url, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ['X-Device-Id' satisfies HeaderName]: client.record.deviceId,
      ['X-Requested-With' satisfies HeaderName]: 'evergreen',
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    credentials: client.cookieTransport && withCookie ? 'include' : 'omit',
    // A login page that responds in place of the server is told nothing.
    redirect: 'manual',
    keepalive,
    signal,
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
  await takeRenewal(client, response);
  const text = await response.text();
  if (response.ok) return objectIn(text);
  throw failureOf(client, response, problemIn(text));
}

/**
 * The tokens that a response brings. What brings none, such as the login page of a network, is the
 * server's failure.
 */
export async function tokensOf(response: Promise<unknown>): Promise<TokenResponse> {
  const tokens = (await response) as TokenResponse;
  if (!tokens.access_token || !tokens.session_id) throw new AuthError('server');
  return tokens;
}

/**
 * The problem that a refusal names; nothing where it is not of our making, such as a firewall's
 * page.
 */
export function problemIn(text: string): Problem | undefined {
  const body = objectIn(text) as Problem;
  return typeof body.code === 'string' ? body : undefined;
}

/** What these say in a problem of ours is about the user, and about nothing else. */
const ABOUT_THE_USER = [401, 409, 422];

function failureOf(
  { clock }: ClientState,
  { status, headers, url }: Response,
  problem: Problem | undefined,
): AuthError {
  const isOfUser = problem && ABOUT_THE_USER.includes(status);
  const kind = status === 429 ? 'throttled' : isOfUser ? 'auth' : 'server';
  const message = problem?.detail ?? `${url} has responded with ${status}.`;
  // Seconds, or a date (RFC 9110, section 10.2.3).
  const retryAfter = headers.get('Retry-After') ?? '';
  const retryAfterSeconds = +retryAfter || (Date.parse(retryAfter) - clock.now()) / 1000 || 0;
  return new AuthError(kind, problem?.code, { message, status, problem, retryAfterSeconds });
}
