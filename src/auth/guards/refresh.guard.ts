import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { PresentedRefreshToken } from '../refresh-cookie/presented-refresh-token.js';
import { OwnPassport } from '../strategies/own-passport.js';
import type { RefreshToken } from '../tokens/claims.js';

/**
 * Stands before the refresh route: the request brings a genuine refresh token that is not past its
 * expiry. Passport judges it each time.
 */
@Injectable()
export class RefreshGuard extends AuthGuard('refresh') {
  constructor(
    private readonly config: Config,
    private readonly passport: OwnPassport,
    private readonly presented: PresentedRefreshToken,
  ) {
    super();
  }

  /** @throws Problem `not_found`, `csrf_failed`, `token_missing`, `token_invalid`, `session_expired` */
  override async canActivate(context: ExecutionContext): Promise<true> {
    if (!this.config.tokens.refreshEnabled) throw new Problem('not_found');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const text = this.presented.find(request);
    request.user = this.handleRequest(
      null,
      await this.passport.judge<RefreshToken>('refresh', text),
    );
    return true;
  }

  /** Nothing better is to be had than a refresh token: without one the client must sign in again. */
  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    if (!token) throw new Problem('token_invalid', { clearCredentials: true });
    return token;
  }
}
