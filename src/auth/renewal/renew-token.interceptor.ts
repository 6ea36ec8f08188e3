import {
  Inject,
  Injectable,
  Optional,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { concatMap, type Observable } from 'rxjs';
import { HEADERS } from '#protocol';
import { requestOf } from '../../platform/caller/index.js';
import { Clock } from '../../platform/clock/index.js';
import { fastifyOf, type RenewedToken } from '../../platform/http/index.js';
import { LOGGER } from '../../platform/logging/index.js';
import { whoAndWhere } from '../client-info/log-members.js';
import type { AccessToken } from '../tokens/claims.js';
import { secondsLeft } from '../tokens/expiry.js';
import { RenewalService } from './renewal.service.js';

declare module 'fastify' {
  interface FastifyInstance {
    readonly renewTokenInterceptor?: RenewTokenInterceptor;
  }
}

/**
 * Adds `X-New-Token` to responses if the request's access token expires soon. The interceptor
 * decides, and issues the token after the handler has returned. The header is written just before
 * the response is sent, since only then is it known not to be an error, a redirect, a 304 or a
 * stream.
 */
@Injectable()
export class RenewTokenInterceptor implements NestInterceptor {
  constructor(
    host: HttpAdapterHost,
    private readonly renewals: RenewalService,
    private readonly clock: Clock,
    @Optional() @Inject(LOGGER) private readonly logger: Logger | undefined,
  ) {
    const fastify = fastifyOf(host);
    fastify?.decorate<RenewTokenInterceptor>('renewTokenInterceptor', this);
    fastify?.addHook('onSend', (request, reply, payload, done) => {
      const { renewedToken } = request.evergreen;
      if (renewedToken && mayCarryToken(reply, payload)) this.write(renewedToken, request, reply);
      done();
    });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = requestOf(context) as FastifyRequest;
    const token = request.user as AccessToken | undefined;
    if (!token || !this.renewals.isDue(token)) return next.handle();
    return next.handle().pipe(
      concatMap(async (response: unknown) => {
        request.evergreen.renewedToken = await this.renewals.renew(token);
        return response;
      }),
    );
  }

  private write(renewed: RenewedToken, request: FastifyRequest, reply: FastifyReply): void {
    reply.header(HEADERS.newToken, renewed.token);
    reply.header(HEADERS.newTokenExpiresIn, secondsLeft(renewed, this.clock.nowMs()));
    reply.header('cache-control', 'no-store');
    reply.header('vary', [reply.getHeader('vary'), 'Authorization'].filter(Boolean).join(', '));
    if (this.logger?.isLevelEnabled('debug')) this.log(request, this.logger);
  }

  private log(request: FastifyRequest, logger: Logger): void {
    const members = { event: 'auth.renewal.granted', ...whoAndWhere(request) };
    logger.debug({ context: 'Security', ...members }, 'An access token was renewed.');
  }
}

function mayCarryToken({ statusCode }: FastifyReply, payload: unknown): boolean {
  return statusCode >= 200 && statusCode <= 299 && !isStream(payload);
}

function isStream(payload: unknown): boolean {
  return (
    typeof payload === 'object' && payload !== null && ('pipe' in payload || 'getReader' in payload)
  );
}
