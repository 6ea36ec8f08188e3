import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { HttpRequest } from '../../platform/http/index.js';
import { Problem } from '../../platform/errors/index.js';
import { PresentedRefreshToken } from '../refresh-cookie/presented-refresh-token.js';
import { tokenFromHeader } from '../strategies/bearer-token.js';
import { OwnPassport } from '../strategies/own-passport.js';
import type { AccessToken, RefreshToken } from '../tokens/claims.js';
import { claimedKindOf } from '../tokens/token-header.js';

/**
 * Guards logout: accepts any genuine, unexpired token of a session, access or refresh, even if the
 * session has ended.
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
    const request = context.switchToHttp().getRequest<HttpRequest>();
    request.user = (await this.goodAccessToken(request)) || (await this.presentedToken(request));
    return true;
  }

  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    if (!token) throw new Problem('token_invalid');
    return token;
  }

  /**
   * Tried first, so that a cookie that an attacker has planted cannot decide which session ends.
   */
  private async goodAccessToken(request: HttpRequest): Promise<AccessToken | false> {
    const text = tokenFromHeader(request);
    if (text === null || claimedKindOf(text) !== 'access') return false;
    // `presentedToken` reports the error if there is no other token.
    return this.passport.verify<AccessToken>('access', text).catch(() => false);
  }

  private async presentedToken(request: HttpRequest): Promise<AccessToken | RefreshToken> {
    const found = this.presented.find(request);
    const result =
      found && (await this.passport.verify<AccessToken | RefreshToken>(found.kind, found.token));
    return this.handleRequest(null, result ?? false);
  }
}
