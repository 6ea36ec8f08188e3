import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../platform/errors/index.js';
import { PresentedRefreshToken } from '../refresh-cookie/presented-refresh-token.js';
import { tokenFromHeader } from '../strategies/bearer-token.js';
import { OwnPassport } from '../strategies/own-passport.js';
import type { AccessToken, RefreshToken } from '../tokens/claims.js';
import { claimedKindOf } from '../tokens/token-header.js';

/**
 * Stands before logout: any genuine, unexpired token of a session will do, access or refresh, even
 * if its session has ended.
 */
@Injectable()
export class AnyTokenGuard extends AuthGuard(['access', 'refresh']) {
  constructor(
    private readonly passport: OwnPassport,
    private readonly presented: PresentedRefreshToken,
  ) {
    super();
  }

  /**
   * @throws Problem `csrf_failed`, `token_missing`, `token_invalid`, `token_expired`,
   * `session_expired`
   */
  override async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const inHeader = tokenFromHeader(request);
    const isAccess = inHeader !== null && claimedKindOf(inHeader) === 'access';
    const judged = isAccess
      ? await this.passport.judge<AccessToken>('access', inHeader)
      : await this.passport.judge<RefreshToken>('refresh', this.presented.find(request));
    request.user = this.handleRequest(null, judged);
    return true;
  }

  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    if (!token) throw new Problem('token_invalid');
    return token;
  }
}
