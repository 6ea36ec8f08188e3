import { Injectable } from '@nestjs/common';
import { serialize } from 'cookie';
import { Config, isForTlsAlone } from '../../platform/config/index.js';
import {
  addCookie,
  HttpHooks,
  publicPathOf,
  type HttpReply,
  type HttpRequest,
} from '../../platform/http/index.js';
import type { LiveSession } from '../../sessions/index.js';
import type { IssuedToken } from '../tokens/token.service.js';
import { unverifiedClaims } from '../tokens/unverified-claims.js';

/** The name of the cookie with the refresh token. */
export const COOKIE_NAME = 'evergreen_refresh_token';

/** The browser sends it only to routes below it, so it works on the canonical paths only. */
export const COOKIE_PATH = '/api/auth';

/** Deletes a cookie that was set with the same attributes. */
const EXPIRED = { expires: new Date(0), maxAge: 0 };

/**
 * The cookie that carries the refresh token of a session with `transport: "cookie"`: scripts cannot
 * read it, and browsers do not send it with requests from other sites.
 */
@Injectable()
export class RefreshCookie {
  constructor(
    hooks: HttpHooks,
    private readonly config: Config,
  ) {
    hooks.onSend((request, reply) => {
      if (isOver(request)) addCookie(reply, this.serialize('', EXPIRED, request));
    });
  }

  /**
   * Sets the cookie: until the browser is closed, or with `remember_me` until the token expires.
   */
  set(reply: HttpReply, { rememberMe }: LiveSession, refresh: IssuedToken): void {
    const maxAge = rememberMe ? { maxAge: refresh.expiresInSeconds } : {};
    addCookie(reply, this.serialize(refresh.token, maxAge, reply.request));
  }

  private serialize(
    value: string,
    lifetime: { maxAge?: number; expires?: Date },
    request: HttpRequest,
  ): string {
    return serialize(COOKIE_NAME, value, {
      path: publicPathOf(request, this.config) + COOKIE_PATH,
      httpOnly: true,
      sameSite: 'strict',
      secure: isForTlsAlone(this.config),
      ...lifetime,
    });
  }
}

/** The values of all refresh cookies of a request. */
export function cookiesOf({ headers, originalUrl }: HttpRequest): string[] {
  if (!headers.cookie || !originalUrl.startsWith(`${COOKIE_PATH}/`)) return [];
  return headers.cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE_NAME}=`))
    .map((pair) => pair.slice(COOKIE_NAME.length + 1))
    .filter(Boolean);
}

/**
 * True if the response ends the cookie's session or says `clear_credentials`; false if the cookie
 * is of another session, which the same browser may have begun meanwhile.
 */
function isOver(request: HttpRequest): boolean {
  const { signOut, problem, usesCookie } = request.evergreen;
  if (!signOut && !problem?.clearCredentials) return false;
  if (usesCookie) return true;

  const cookies = cookiesOf(request);
  if (cookies.length === 0) return signOut?.hadCookie ?? false;
  const { user } = request;
  return cookies
    .map(unverifiedClaims)
    .some((claims) => claims?.sid === user?.sessionId && claims?.epoch === user?.epoch);
}
