import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/index.js';
import { keyNameOf } from '../tokens/jose-header.js';
import { TokenKeys } from '../tokens/token-keys.js';
import { requireOwnPage } from './csrf.js';
import { tokenFromCookie, usesCookie } from './refresh-cookie.js';
import { tokenFromBody, tokenFromHeader } from './token-sources.js';

/** Finds the refresh token that a request presents. */
@Injectable()
export class PresentedRefreshToken {
  constructor(
    private readonly config: Config,
    private readonly keys: TokenKeys,
    private readonly jwt: JwtService,
  ) {}

  /** From the header, then the body, then the cookie. The first one found is judged, the others are ignored. */
  readonly find = (request: FastifyRequest): string | null => {
    return tokenFromHeader(request) ?? tokenFromBody(request) ?? tokenFromCookie(request, (token) => this.isGenuine(token));
  };

  /**
   * True where there is one. A cookie comes along by itself, whoever caused the request, so it must have come from a page of ours.
   *
   * @throws Problem `csrf_failed`
   */
  isPresent(request: FastifyRequest): boolean {
    if (usesCookie(request)) requireOwnPage(request, this.config.corsOrigins);
    return this.find(request) !== null;
  }

  private isGenuine(token: string): boolean {
    const name = keyNameOf(token, 'refresh');
    const key = name && this.keys.verifying('refresh', name);
    if (!name || !key) return false;
    try {
      // The types know no key objects; the library takes them.
      this.jwt.verify(token, { secret: key as never, algorithms: [name.algorithm], ignoreExpiration: true });
      return true;
    } catch {
      return false;
    }
  }
}
