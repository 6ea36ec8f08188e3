import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { HttpRequest } from '../../platform/http/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { KeyProofs } from '../bound-sessions/key-proofs.js';
import { PresentedRefreshToken } from '../refresh-cookie/presented-refresh-token.js';
import { hasProofScheme } from '../strategies/bearer-token.js';
import { OwnPassport } from '../strategies/own-passport.js';
import type { RefreshToken } from '../tokens/claims.js';
import { AccessGuard } from './access.guard.js';

/**
 * Guards the refresh route: the request must contain a genuine, unexpired refresh token, which
 * Passport verifies each time, and if its session is bound, a proof of the key. If it contains only
 * an access token, that token is checked as on every guarded route.
 */
@Injectable()
export class RefreshGuard extends AuthGuard('refresh') {
  constructor(
    private readonly config: Config,
    private readonly passport: OwnPassport,
    private readonly presented: PresentedRefreshToken,
    private readonly accessGuard: AccessGuard,
    private readonly proofs: KeyProofs,
  ) {
    super();
  }

  /**
   * @throws Problem `csrf_failed`, `token_missing`, `token_invalid`, `session_expired`; of an
   * access token `token_expired`, `session_revoked`; of a bound session `proof_required`,
   * `proof_invalid`
   */
  override async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const found = this.presented.find(request);
    if (found?.kind === 'access') return this.accessGuard.admitForRenewal(found.token, request);
    const token = this.handleRequest(null, await this.verify(found?.token));
    request.user = token;
    // Before the limit, which nobody else can then use up, and before any query.
    if (token.keyThumbprint !== undefined || hasProofScheme(request))
      await this.proofs.require({ token, text: found?.token ?? '', request });
    return true;
  }

  /** Without a good refresh token the client must sign in again, so it should delete its tokens. */
  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    if (!token) throw new Problem('token_invalid', { clearCredentials: true });
    return token;
  }

  private async verify(token: string | undefined): Promise<RefreshToken | false> {
    if (token === undefined || !this.config.tokens.refreshEnabled) return false;
    return this.passport.verify<RefreshToken>('refresh', token);
  }
}
