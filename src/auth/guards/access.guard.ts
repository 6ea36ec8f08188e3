import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../platform/errors/index.js';
import { IS_PUBLIC, IS_WITHOUT_RENEWAL } from '../../platform/http/index.js';
import { SessionsService } from '../../sessions/index.js';
import { noteDueForRenewal } from '../http/renewal.hook.js';
import { tokenFromHeader } from '../http/token-sources.js';
import { RenewalService } from '../renewal.service.js';
import type { AccessToken } from '../tokens/claims.js';
import { VerifiedTokens } from '../tokens/verified-tokens.js';

type AccessRequest = FastifyRequest & { user: AccessToken };

/** Stands before every route that is not `@Public()`: the access token is good, and its session lives. */
@Injectable()
export class AccessGuard extends AuthGuard('access') {
  constructor(
    private readonly reflector: Reflector,
    private readonly verified: VerifiedTokens,
    private readonly sessions: SessionsService,
    private readonly renewals: RenewalService,
  ) {
    super();
  }

  /** At once where both token and session are known here: a promise for each request would take longer than all else that is done. */
  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (this.isMarked(IS_PUBLIC, context)) return true;

    const request = context.switchToHttp().getRequest<AccessRequest>();
    const text = tokenFromHeader(request);
    if (text === null) throw new Problem('token_missing');
    const token = this.verified.find(text);
    const isKnown = token && this.sessions.isKnownToLive(token.sessionId, token.epoch);
    return isKnown ? this.admit(token, request, context) : this.judge(text, request, context);
  }

  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    if (!token) throw new Problem('token_invalid');
    return token;
  }

  private async judge(text: string, request: AccessRequest, context: ExecutionContext): Promise<boolean> {
    await super.canActivate(context);
    const token = request.user;
    this.verified.add(text, token);
    await this.requireLive(token);
    return this.admit(token, request, context);
  }

  private async requireLive({ sessionId, epoch }: AccessToken): Promise<void> {
    const standing = await this.sessions.standing(sessionId, epoch);
    if (standing === 'ended') throw new Problem('session_revoked');
    // The session lives in a later epoch: its client has, or can get, a newer token.
    if (standing === 'outdated') throw new Problem('token_expired');
  }

  private admit(token: AccessToken, request: AccessRequest, context: ExecutionContext): true {
    request.user = token;
    if (this.renewals.isDue(token) && !this.isMarked(IS_WITHOUT_RENEWAL, context)) noteDueForRenewal(request, token);
    return true;
  }

  private isMarked(key: string, context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride<boolean | undefined>(key, [context.getHandler(), context.getClass()]) ?? false;
  }
}
