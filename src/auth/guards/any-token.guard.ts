import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../platform/errors/index.js';
import { PresentedRefreshToken } from '../http/presented-refresh-token.js';

/** Stands before logout: any genuine, unexpired token of a session will do, access or refresh, even if its session has ended. */
@Injectable()
export class AnyTokenGuard extends AuthGuard(['access', 'refresh']) {
  constructor(private readonly presented: PresentedRefreshToken) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.presented.isPresent(context.switchToHttp().getRequest<FastifyRequest>())) throw new Problem('token_missing');
    return (await super.canActivate(context)) as boolean;
  }

  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    if (!token) throw new Problem('token_invalid');
    return token;
  }
}
