import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { serialize } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config, isForTlsAlone } from '../../platform/config/index.js';
import { fastifyOf, publicPathOf } from '../../platform/http/index.js';
import type { LiveSession } from '../../sessions/index.js';
import type { IssuedToken } from '../tokens/token.service.js';
import { unverifiedClaims } from '../tokens/unverified-claims.js';

const COOKIE_NAME = 'evergreen_refresh_token';

/** The browser sends it to these routes alone, so it is good on the canonical paths only. */
const COOKIE_PATH = '/api/auth';

/** How a cookie goes that was set with the same attributes. */
const GONE = { expires: new Date(0), maxAge: 0 };

/**
 * The cookie that carries the refresh token of a session whose transport it is: out of script's
 * reach, and never sent along by another site.
 */
@Injectable()
export class RefreshCookie {
  constructor(
    host: HttpAdapterHost,
    private readonly config: Config,
  ) {
    fastifyOf(host)?.addHook('onSend', (request, reply, _payload, done) => {
      if (isOver(request)) reply.header('set-cookie', this.serialize('', GONE, request));
      done();
    });
  }

  /**
   * Hands the refresh token to the browser: until it is closed, or for the token's life where the
   * user asked to be remembered.
   */
  set(reply: FastifyReply, { rememberMe }: LiveSession, refresh: IssuedToken): void {
    const maxAge = rememberMe ? { maxAge: refresh.expiresInSeconds } : {};
    reply.header('set-cookie', this.serialize(refresh.token, maxAge, reply.request));
  }

  private serialize(
    value: string,
    life: { maxAge?: number; expires?: Date },
    request: FastifyRequest,
  ): string {
    return serialize(COOKIE_NAME, value, {
      path: publicPathOf(request, this.config) + COOKIE_PATH,
      httpOnly: true,
      sameSite: 'strict',
      secure: isForTlsAlone(this.config),
      ...life,
    });
  }
}

/** The values of all refresh cookies that a request brings. */
export function cookiesOf({ headers, originalUrl }: FastifyRequest): string[] {
  if (!headers.cookie || !originalUrl.startsWith(`${COOKIE_PATH}/`)) return [];
  return headers.cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE_NAME}=`))
    .map((pair) => pair.slice(COOKIE_NAME.length + 1))
    .filter(Boolean);
}

/**
 * True where the answer ends the cookie's session or says `clear_credentials`; never for that of
 * another session, which the same browser may have begun meanwhile.
 */
function isOver(request: FastifyRequest): boolean {
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
