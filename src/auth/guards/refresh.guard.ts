import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { PresentedRefreshToken } from '../http/presented-refresh-token.js';

/** Stands before the refresh route: the request brings a genuine refresh token that is not past its expiry. */
@Injectable()
export class RefreshGuard extends AuthGuard('refresh') {
  constructor(
    private readonly config: Config,
    private readonly presented: PresentedRefreshToken,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.config.tokens.refreshEnabled) throw new Problem('not_found');
    if (!this.presented.isPresent(context.switchToHttp().getRequest<FastifyRequest>())) throw new Problem('token_missing');
    return (await super.canActivate(context)) as boolean;
  }

  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    // Nothing better is to be had than the refresh token itself, so the client must sign in again.
    if (!token) throw new Problem('token_invalid', { clearCredentials: true });
    return token;
  }
}
