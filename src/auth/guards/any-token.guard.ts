import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { HttpRequest } from '../../platform/http/index.js';
import { Problem } from '../../platform/errors/index.js';
import { KeyProofs } from '../bound-sessions/key-proofs.js';
import { PresentedRefreshToken } from '../refresh-cookie/presented-refresh-token.js';
import { tokenFromHeader } from '../strategies/bearer-token.js';
import { OwnPassport } from '../strategies/own-passport.js';
import type { AccessToken, RefreshToken } from '../tokens/claims.js';
import { claimedKindOf } from '../tokens/token-header.js';

interface VerifiedToken {
  readonly token: AccessToken | RefreshToken;
  readonly text: string;
}

/**
 * Guards logout and re-authentication: accepts any genuine, unexpired token of a session, access or
 * refresh, even a superseded one, and even if the session has ended. If it is bound, the request
 * must prove its key: whoever finds a token, however old, ends nothing.
 */
@Injectable()
export class AnyTokenGuard extends AuthGuard(['access', 'refresh']) {
  constructor(
    private readonly passport: OwnPassport,
    private readonly presented: PresentedRefreshToken,
    private readonly proofs: KeyProofs,
  ) {
    super();
  }

  /**
   * @throws Problem `csrf_failed`, `token_missing`, `token_invalid`, `token_expired`,
   * `session_expired`; of a bound session `proof_required`, `proof_invalid`
   */
  override async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const { token, text } = await this.verifiedToken(request);
    request.user = token;
    await this.proofs.require({ token, text, request });
    return true;
  }

  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    if (!token) throw new Problem('token_invalid');
    return token;
  }

  private async verifiedToken(request: HttpRequest): Promise<VerifiedToken> {
    return (await this.goodAccessToken(request)) ?? (await this.presentedToken(request));
  }

  /**
   * Tried first, so that a cookie that an attacker has planted cannot decide which session ends.
   */
  private async goodAccessToken(request: HttpRequest): Promise<VerifiedToken | undefined> {
    const text = tokenFromHeader(request);
    if (text === null || claimedKindOf(text) !== 'access') return undefined;
    // `presentedToken` reports the error if there is no other token.
    const token = await this.passport
      .verify<AccessToken>('access', text)
      .catch(() => false as const);
    return token ? { token, text } : undefined;
  }

  private async presentedToken(request: HttpRequest): Promise<VerifiedToken> {
    const found = this.presented.find(request);
    const result =
      found && (await this.passport.verify<AccessToken | RefreshToken>(found.kind, found.token));
    const token = this.handleRequest(null, result ?? false);
    return { token, text: found?.token ?? '' };
  }
}
