import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../platform/errors/index.js';
import { IS_PUBLIC } from '../../platform/http/index.js';
import { SessionsService } from '../../sessions/index.js';
import { tokenFromHeader } from '../http/token-sources.js';
import type { AccessToken } from '../tokens/claims.js';

/** Stands before every route that is not `@Public()`: the access token is good, and its session lives. */
@Injectable()
export class AccessGuard extends AuthGuard('access') {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: SessionsService,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, [context.getHandler(), context.getClass()])) return true;

    const request = context.switchToHttp().getRequest<FastifyRequest & { user: AccessToken }>();
    if (tokenFromHeader(request) === null) throw new Problem('token_missing');
    await super.canActivate(context);
    await this.requireLive(request.user);
    return true;
  }

  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    if (!token) throw new Problem('token_invalid');
    return token;
  }

  private async requireLive({ sessionId, epoch }: AccessToken): Promise<void> {
    const standing = await this.sessions.standing(sessionId, epoch);
    if (standing === 'ended') throw new Problem('session_revoked');
    // The session lives in a later epoch: its client has, or can get, a newer token.
    if (standing === 'outdated') throw new Problem('token_expired');
  }
}
