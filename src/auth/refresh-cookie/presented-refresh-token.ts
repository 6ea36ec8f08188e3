import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { tokenFromHeader } from '../strategies/bearer-token.js';
import { TokenService } from '../tokens/token.service.js';
import { requireOwnPage } from './csrf.js';
import { cookiesOf, newestOf } from './refresh-cookie.js';

/** Finds the refresh token that a request presents. */
@Injectable()
export class PresentedRefreshToken {
  constructor(
    private readonly config: Config,
    private readonly tokens: TokenService,
  ) {}

  /**
   * From the header, then the body, then the cookie. The first one found is judged, the others are
   * ignored. A cookie comes along by itself, whoever caused the request, so it must have come from
   * a page of ours.
   *
   * @throws Problem `csrf_failed`, `token_missing`
   */
  find(request: FastifyRequest): string {
    const token = tokenFromHeader(request) ?? tokenFromBody(request) ?? this.fromCookie(request);
    if (token === undefined) throw new Problem('token_missing');
    return token;
  }

  private fromCookie(request: FastifyRequest): string | undefined {
    const cookies = cookiesOf(request);
    if (cookies.length === 0) return undefined;
    request.evergreen.usesCookie = true;
    requireOwnPage(request, this.config.corsOrigins);
    return newestOf(cookies, (token) => this.tokens.isGenuine('refresh', token));
  }
}

/** The field `refresh_token` of a request's body. */
function tokenFromBody({ body }: FastifyRequest): string | undefined {
  const token = (body as { refresh_token?: unknown } | undefined | null)?.refresh_token;
  return typeof token === 'string' && token !== '' ? token : undefined;
}
