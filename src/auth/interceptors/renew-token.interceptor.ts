import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { concatMap, type Observable } from 'rxjs';
import { IS_WITHOUT_RENEWAL } from '../../platform/http/index.js';
import { offerRenewedToken } from '../http/renewed-token.header.js';
import { RenewalService } from '../renewal.service.js';
import type { AccessToken, RefreshToken } from '../tokens/claims.js';

type AuthenticatedRequest = FastifyRequest & { readonly user?: AccessToken | RefreshToken };

/** Decides, once a route has done its work, whether its answer is to carry a new access token. */
@Injectable()
export class RenewTokenInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly renewals: RenewalService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const answer = next.handle();
    if (context.getType() !== 'http') return answer;

    const { user: token } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (token?.kind !== 'access' || !this.renewals.isDue(token) || this.isExcluded(context)) return answer;
    return answer.pipe(
      concatMap(async (value: unknown) => {
        await this.offer(token, context.switchToHttp().getResponse());
        return value;
      }),
    );
  }

  private isExcluded(context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride<boolean | undefined>(IS_WITHOUT_RENEWAL, [context.getHandler(), context.getClass()]) ?? false;
  }

  private async offer(token: AccessToken, reply: FastifyReply): Promise<void> {
    // A stream that has begun, such as server-sent events, has sent its headers.
    if (reply.raw.headersSent) return;
    const renewed = await this.renewals.renew(token);
    if (renewed) offerRenewedToken(reply, renewed);
  }
}
