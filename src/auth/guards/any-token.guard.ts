import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../platform/errors/index.js';
import { PresentedRefreshToken } from '../http/presented-refresh-token.js';
import { tokenFromHeader } from '../http/token-sources.js';
import type { AccessToken, RefreshToken } from '../tokens/claims.js';
import { TokenVerifier } from '../tokens/token-verifier.js';

/**
 * Stands before logout: any genuine, unexpired token of a session will do, access or refresh, even
 * if its session has ended.
 */
@Injectable()
export class AnyTokenGuard implements CanActivate {
  constructor(
    private readonly presented: PresentedRefreshToken,
    private readonly verifier: TokenVerifier,
  ) {}

  canActivate(context: ExecutionContext): true {
    const request = context
      .switchToHttp()
      .getRequest<FastifyRequest & { user: AccessToken | RefreshToken }>();
    request.user = this.accessToken(request) ?? this.refreshToken(request);
    return true;
  }

  /** Only the header brings one; undefined where what it brings is none. */
  private accessToken(request: FastifyRequest): AccessToken | undefined {
    const text = tokenFromHeader(request);
    if (text === null) return undefined;
    const verdict = this.verifier.access(text);
    if (verdict.kind === 'expired') throw new Problem('token_expired');
    return verdict.kind === 'good' ? verdict.token : undefined;
  }

  private refreshToken(request: FastifyRequest): RefreshToken {
    const verdict = this.verifier.refresh(this.presented.find(request));
    if (verdict.kind === 'expired') throw new Problem('session_expired');
    if (verdict.kind === 'invalid') throw new Problem('token_invalid');
    return verdict.token;
  }
}
