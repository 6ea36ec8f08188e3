import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { requireOwnPage } from './csrf.js';
import { tokenFromCookie, usesCookie } from './refresh-cookie.js';
import { tokenFromBody, tokenFromHeader } from './token-sources.js';

/** Finds the refresh token that a request presents. */
@Injectable()
export class PresentedRefreshToken {
  constructor(
    private readonly config: Config,
    private readonly verifier: TokenVerifier,
  ) {}

  /**
   * From the header, then the body, then the cookie. The first one found is judged, the others are
   * ignored. A cookie comes along by itself, whoever caused the request, so it must have come from
   * a page of ours.
   *
   * @throws Problem `csrf_failed`, `token_missing`
   */
  find(request: FastifyRequest): string {
    if (usesCookie(request)) requireOwnPage(request, this.config.corsOrigins);
    const token =
      tokenFromHeader(request) ??
      tokenFromBody(request) ??
      tokenFromCookie(request, (text) => this.isGenuine(text));
    if (token === null) throw new Problem('token_missing');
    return token;
  }

  private isGenuine(text: string): boolean {
    return this.verifier.refresh(text).kind !== 'invalid';
  }
}
