import {
  Inject,
  Injectable,
  Optional,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { concatMap, type Observable } from 'rxjs';
import { HEADERS } from '#protocol';
import { requestOf } from '../../platform/caller/index.js';
import { Clock } from '../../platform/clock/index.js';
import {
  HttpHooks,
  RequestContexts,
  type HttpReply,
  type HttpRequest,
  type RenewedToken,
} from '../../platform/http/index.js';
import { LOGGER } from '../../platform/logging/index.js';
import { KeyProofs } from '../bound-sessions/key-proofs.js';
import { whoAndWhere } from '../client-info/log-members.js';
import type { AccessToken } from '../tokens/claims.js';
import { secondsLeft } from '../tokens/expiry.js';
import { RenewalService } from './renewal.service.js';

/**
 * Adds `X-New-Token` to responses if the request's access token expires soon; in a bound session,
 * only if the request proves its key. The interceptor decides, and issues the token after the
 * handler has returned. The header is written just before the response is sent, since only then is
 * it known not to be an error, a redirect, a 304 or a stream.
 */
@Injectable()
export class RenewTokenInterceptor implements NestInterceptor {
  constructor(
    hooks: HttpHooks,
    contexts: RequestContexts,
    private readonly renewals: RenewalService,
    private readonly proofs: KeyProofs,
    private readonly clock: Clock,
    @Optional() @Inject(LOGGER) private readonly logger: Logger | undefined,
  ) {
    contexts.renewal = this;
    hooks.onSend((request, reply, isStream) => {
      const { renewedToken } = request.evergreen;
      if (renewedToken && !isStream && isSuccess(reply)) this.write(renewedToken, request, reply);
    });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = requestOf<HttpRequest>(context);
    const token = request?.user as AccessToken | undefined;
    if (!request || !token || !this.renewals.isDue(token)) return next.handle();
    // Or a stolen access token could renew itself, without the key.
    if (!this.proofs.isProved(token, request)) return next.handle();
    return next.handle().pipe(
      concatMap(async (response: unknown) => {
        if (!(response instanceof StreamableFile))
          request.evergreen.renewedToken = await this.renewals.renew(token);
        return response;
      }),
    );
  }

  private write(renewed: RenewedToken, request: HttpRequest, reply: HttpReply): void {
    reply.header(HEADERS.newToken, renewed.token);
    reply.header(HEADERS.newTokenExpiresIn, secondsLeft(renewed, this.clock.nowMs()));
    reply.header('cache-control', 'no-store');
    reply.header('vary', [reply.getHeader('vary'), 'Authorization'].filter(Boolean).join(', '));
    if (this.logger?.isLevelEnabled('debug')) this.log(request, this.logger);
  }

  private log(request: HttpRequest, logger: Logger): void {
    const members = { event: 'auth.renewal.granted', ...whoAndWhere(request) };
    logger.debug({ context: 'Security', ...members }, 'An access token was renewed.');
  }
}

function isSuccess({ statusCode }: HttpReply): boolean {
  return statusCode >= 200 && statusCode <= 299;
}
