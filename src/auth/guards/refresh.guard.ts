import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { PresentedRefreshToken } from '../refresh-cookie/presented-refresh-token.js';
import { OwnPassport } from '../strategies/own-passport.js';
import type { RefreshToken } from '../tokens/claims.js';
import { AccessGuard } from './access.guard.js';

/**
 * Stands before the refresh route: the request brings a genuine refresh token that is not past its
 * expiry, which Passport judges each time. Where it brings an access token alone, from a client
 * that has no other, that is asked what every guarded route asks of it.
 */
@Injectable()
export class RefreshGuard extends AuthGuard('refresh') {
  constructor(
    private readonly config: Config,
    private readonly passport: OwnPassport,
    private readonly presented: PresentedRefreshToken,
    private readonly accessGuard: AccessGuard,
  ) {
    super();
  }

  /**
   * @throws Problem `csrf_failed`, `token_missing`, `token_invalid`, `session_expired`; of an
   * access token `token_expired`, `session_revoked`
   */
  override async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const brought = this.presented.find(request);
    if (brought?.kind === 'access') return this.accessGuard.admitBy(brought.token, request);
    request.user = this.handleRequest(null, await this.judge(brought?.token));
    return true;
  }

  /** Nothing better is to be had than a refresh token: without one the client must sign in again. */
  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    if (!token) throw new Problem('token_invalid', { clearCredentials: true });
    return token;
  }

  private async judge(token: string | undefined): Promise<RefreshToken | false> {
    if (token === undefined || !this.config.tokens.refreshEnabled) return false;
    return this.passport.judge<RefreshToken>('refresh', token);
  }
}
