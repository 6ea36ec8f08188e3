import { ACCESS_COOKIE, isSignedOutReason } from '../access-cookie/access-cookie.js';
import { claimsOf } from '../core/record/claims.js';
import type { AuthClientOptions, Problem, Snapshot, User } from '../core/index.js';
import { objectIn } from '../core/http/json.js';
import { endOfSession } from '../core/refresh/verdict.js';

/** A `Request`, that of Node, or whatever else has its headers. */
export interface PageRequest {
  readonly headers:
    { get(name: string): string | null } | Readonly<Record<string, string | string[] | undefined>>;
}

export interface SessionFromOptions extends Pick<AuthClientOptions, 'fetch' | 'logger'> {
  /** The server of Evergreen, by any address that the page's server reaches it at. */
  readonly baseUrl: string;
  /** `__Host-evergreen_access`; the `name` that `keepAccessCookie` was given. */
  readonly cookieName?: string | undefined;
  /** How long the page waits for the response, in milliseconds: 1,000. */
  readonly timeoutMs?: number | undefined;
}

const UNKNOWN: Snapshot = { status: 'loading' };

/**
 * Who is signed in, for the first paint of a page: for `initialSession` of `AuthProvider`, or
 * whatever else shows a snapshot. It goes by the access token of the request's `Authorization`
 * header or else of the cookie that `keepAccessCookie` keeps, and asks the server about it once.
 *
 * - `authenticated`: the server has accepted the token. `expiresAt` is by the server's calendar.
 * - `unauthenticated`: the server says that the session is over, or the cookie says that nobody is
 *   signed in.
 * - `loading`: all else, such as a request without a token, a token that has expired, or an outage:
 *   the browser may have a session all the same, and its client will find out.
 *
 * It never refreshes: a page that has begun to be sent could not hand on what came of it. Nor could
 * it refresh a session that is bound to a key, which never leaves the browser.
 *
 * @throws TypeError where `baseUrl` is no http(s) URL. It rejects for no other reason.
 */
export async function sessionFrom(
  request: PageRequest,
  { baseUrl, cookieName = ACCESS_COOKIE, ...options }: SessionFromOptions,
): Promise<Snapshot> {
  const url = addressOfUser(baseUrl);
  const held = bearerOf(request) ?? cookieOf(request, cookieName) ?? '';
  if (isSignedOutReason(held)) return { status: 'unauthenticated', reason: held };
  if (!isToken(held)) return UNKNOWN;
  try {
    return await ask(url, held, options);
  } catch (error) {
    options.logger?.warn?.('The server did not say who is signed in.', error);
    return UNKNOWN;
  }
}

function addressOfUser(baseUrl: string): string {
  if (!/^https?:\/\/./i.test(baseUrl))
    throw new TypeError(`baseUrl is no http(s) URL: "${baseUrl}"`);
  return `${baseUrl.replace(/(\/api)?\/*$/, '')}/api/auth/me`;
}

/**
 * The token after `Bearer` or `DPoP`; nothing where the header has other credentials, or is not
 * there.
 */
function bearerOf(request: PageRequest): string | undefined {
  return /^(?:Bearer|DPoP) +(\S+)$/i.exec(headerOf(request, 'authorization'))?.[1];
}

function cookieOf(request: PageRequest, name: string): string | undefined {
  const pairs = headerOf(request, 'cookie').split(/; */);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

function headerOf({ headers }: PageRequest, name: string): string {
  return String(isHeaders(headers) ? headers.get(name) : headers[name]);
}

function isHeaders(headers: PageRequest['headers']): headers is Pick<Headers, 'get'> {
  return typeof headers.get === 'function';
}

/** Of the form of a JWT, so that nothing else is sent to the server (RFC 7515, section 7.1). */
function isToken(text: string): boolean {
  return /^[\w-]+(\.[\w-]+){2}$/.test(text);
}

async function ask(
  url: string,
  token: string,
  { fetch = globalThis.fetch, timeoutMs = 1_000 }: Omit<SessionFromOptions, 'baseUrl'>,
): Promise<Snapshot> {
  const exchanged = new AbortController();
  const answer = async () => {
    const response = await fetch(url, {
      headers: { Authorization: `Bearer ${token}` },
      // A login page that responds in place of the server is told nothing.
      redirect: 'manual',
      signal: exchanged.signal,
    });
    return snapshotFrom(response.status, await response.text(), token);
  };
  try {
    return await within(timeoutMs, answer());
  } finally {
    exchanged.abort();
  }
}

/** Not by the signal alone: a `fetch` of somebody else's may not listen to it. */
function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`timeout: ${milliseconds} ms`));
    const timer = setTimeout(late, milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function snapshotFrom(status: number, text: string, token: string): Snapshot {
  const said = objectIn(text) as Problem & User;
  const reason = endOfSession({ status, problem: said });
  if (reason) return { status: 'unauthenticated', reason };
  // A token that is expired or of another server says nothing of the session in the browser.
  if (status === 401 && said.code) return UNKNOWN;
  const { exp, cnf } = claimsOf(token);
  if (status !== 200 || !said.id || !said.email || !exp) throw new Error(`status ${status}`);
  const binding = cnf ? 'key' : 'none';
  return { status: 'authenticated', user: said, expiresAt: exp * 1000, binding };
}
