import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { PresentedRefreshToken } from '../http/presented-refresh-token.js';
import type { RefreshToken } from '../tokens/claims.js';
import { TokenVerifier } from '../tokens/token-verifier.js';

/**
 * Stands before the refresh route: the request brings a genuine refresh token that is not past its
 * expiry.
 */
@Injectable()
export class RefreshGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly presented: PresentedRefreshToken,
    private readonly verifier: TokenVerifier,
  ) {}

  canActivate(context: ExecutionContext): true {
    if (!this.config.tokens.refreshEnabled) throw new Problem('not_found');

    const request = context.switchToHttp().getRequest<FastifyRequest & { user: RefreshToken }>();
    const verdict = this.verifier.refresh(this.presented.find(request));
    // Nothing better is to be had than the refresh token itself, so the client must sign in again.
    if (verdict.kind === 'invalid') throw new Problem('token_invalid', { clearCredentials: true });
    // An expired token is only expired: it never counts as reuse, and no grace rescues it.
    if (verdict.kind === 'expired') throw new Problem('session_expired');
    request.user = verdict.token;
    return true;
  }
}
