import { serialize } from 'cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '../../platform/errors/index.js';
import { signOutOf, type Principal } from '../../platform/http/index.js';
import type { LiveSession } from '../../sessions/index.js';
import type { IssuedToken } from '../tokens/token.service.js';
import { unverifiedClaims } from '../tokens/unverified-claims.js';
import { tokenFromBody, tokenFromHeader } from './token-sources.js';

const COOKIE_NAME = 'evergreen_refresh_token';

/** The browser sends it to these routes alone, so it is good on the canonical paths only. */
const COOKIE_PATH = '/api/auth';

/** Out of script's reach, and never sent along by another site. `isSecure`: outside development. */
const attributes = (isSecure: boolean) =>
  ({ path: COOKIE_PATH, httpOnly: true, sameSite: 'strict', secure: isSecure }) as const;

/**
 * Hands the refresh token to the browser: until it is closed, or for the token's life where the
 * user asked to be remembered.
 */
export function setRefreshCookie(
  reply: FastifyReply,
  { rememberMe }: LiveSession,
  refresh: IssuedToken,
  isSecure: boolean,
): void {
  const maxAge = rememberMe ? { maxAge: refresh.expiresInSeconds } : {};
  reply.header(
    'set-cookie',
    serialize(COOKIE_NAME, refresh.token, { ...attributes(isSecure), ...maxAge }),
  );
}

/**
 * The refresh token in the request's cookie, or null. Of several, such as one that an earlier
 * release left under another path, the newest that `isGenuine` counts: the browser decides on their
 * order, and anybody on a sibling domain can add to them.
 */
export function tokenFromCookie(
  request: FastifyRequest,
  isGenuine: (token: string) => boolean,
): string | null {
  const [first = null, ...others] = cookieValues(request);
  if (others.length === 0 || first === null) return first;
  const issuedAt = (token: string) => Number(unverifiedClaims(token)?.iat ?? 0);
  return [first, ...others].filter(isGenuine).sort((a, b) => issuedAt(b) - issuedAt(a))[0] ?? first;
}

/**
 * True where a request's refresh token is the cookie's, because neither header nor body brought
 * one.
 */
export function usesCookie(request: FastifyRequest): boolean {
  return (
    tokenFromHeader(request) === null &&
    tokenFromBody(request) === null &&
    cookieValues(request).length > 0
  );
}

/**
 * Clears the cookie where the answer ends its session or says `clear_credentials`; never otherwise,
 * and never that of another session, which the same browser may have begun meanwhile.
 */
export function clearRefreshCookies(fastify: FastifyInstance, isSecure: boolean): void {
  const cleared = serialize(COOKIE_NAME, '', {
    ...attributes(isSecure),
    expires: new Date(0),
    maxAge: 0,
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (isCookieOver(request, reply)) reply.header('set-cookie', cleared);
    done();
  });
}

function isCookieOver(request: FastifyRequest, reply: FastifyReply): boolean {
  const signOut = signOutOf(reply);
  if (!signOut && !problemOf(reply)?.clearCredentials) return false;

  const cookies = cookieValues(request);
  if (cookies.length === 0) return signOut?.hadCookie ?? false;
  if (usesCookie(request)) return true;
  const { user } = request as FastifyRequest & { user?: Principal };
  return cookies
    .map(unverifiedClaims)
    .some((claims) => claims?.sid === user?.sessionId && claims?.epoch === user?.epoch);
}

function cookieValues({ headers, originalUrl }: FastifyRequest): string[] {
  if (!headers.cookie || !originalUrl.startsWith(`${COOKIE_PATH}/`)) return [];
  return headers.cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE_NAME}=`))
    .map((pair) => pair.slice(COOKIE_NAME.length + 1))
    .filter(Boolean);
}
