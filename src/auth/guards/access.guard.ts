import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../platform/errors/index.js';
import { IS_PUBLIC, IS_WITHOUT_RENEWAL } from '../../platform/http/index.js';
import { SessionsService } from '../../sessions/index.js';
import { noteDueForRenewal } from '../http/renewal.hook.js';
import { tokenFromHeader } from '../http/token-sources.js';
import { RenewalService } from '../renewal.service.js';
import type { AccessToken } from '../tokens/claims.js';
import { TokenVerifier } from '../tokens/token-verifier.js';

type AccessRequest = FastifyRequest & { user: AccessToken };

/**
 * Stands before every route that is not `@Public()`: the access token is good, and its session
 * lives.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: TokenVerifier,
    private readonly sessions: SessionsService,
    private readonly renewals: RenewalService,
  ) {}

  /**
   * At once where memory knows of the session: a promise for each request would take longer than
   * all else that is done here.
   */
  canActivate(context: ExecutionContext): true | Promise<true> {
    if (this.isMarked(IS_PUBLIC, context)) return true;

    const request = context.switchToHttp().getRequest<AccessRequest>();
    request.user = this.goodToken(request);
    const isKnownToLive = this.sessions.isKnownToLive(request.user.sessionId, request.user.epoch);
    return isKnownToLive ? this.admit(request, context) : this.askAbout(request, context);
  }

  private goodToken(request: FastifyRequest): AccessToken {
    const text = tokenFromHeader(request);
    if (text === null) throw new Problem('token_missing');
    const verdict = this.verifier.access(text);
    if (verdict.kind === 'invalid') throw new Problem('token_invalid');
    if (verdict.kind === 'expired') throw new Problem('token_expired');
    return verdict.token;
  }

  private async askAbout(request: AccessRequest, context: ExecutionContext): Promise<true> {
    const standing = await this.sessions.standing(request.user.sessionId, request.user.epoch);
    if (standing === 'ended') throw new Problem('session_revoked');
    // The session lives in a later epoch: its client has, or can get, a newer token.
    if (standing === 'outdated') throw new Problem('token_expired');
    return this.admit(request, context);
  }

  private admit(request: AccessRequest, context: ExecutionContext): true {
    if (this.renewals.isDue(request.user) && !this.isMarked(IS_WITHOUT_RENEWAL, context))
      noteDueForRenewal(request, request.user);
    return true;
  }

  private isMarked(key: string, context: ExecutionContext): boolean {
    return (
      this.reflector.getAllAndOverride<boolean | undefined>(key, [
        context.getHandler(),
        context.getClass(),
      ]) ?? false
    );
  }
}
