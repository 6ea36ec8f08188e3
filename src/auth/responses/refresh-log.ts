import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Logger } from 'pino';
import { HttpHooks, type HttpReply, type HttpRequest } from '../../platform/http/index.js';
import { LOGGER, RequestLog } from '../../platform/logging/index.js';
import { whoAndWhere } from '../client-info/log-members.js';

const LOGIN = '/api/auth/login';
const REFRESH = '/api/auth/refresh';

/**
 * Logs each refresh once its response is known, whatever part of the server rejected it. Logins are
 * logged as security events.
 */
@Injectable()
export class RefreshLog {
  constructor(
    hooks: HttpHooks,
    @Optional() @Inject(RequestLog) requestLog: RequestLog | undefined,
    @Optional() @Inject(LOGGER) private readonly logger: Logger | undefined,
  ) {
    requestLog?.warnOfRejections(LOGIN, REFRESH);
    hooks.onResponse((request, reply) => {
      if (request.method === 'POST' && hooks.routeOf(request) === REFRESH)
        this.write(request, reply);
    });
  }

  private write(request: HttpRequest, reply: HttpReply): void {
    if (reply.statusCode >= 300) this.warn(request);
    else if (this.logger?.isLevelEnabled('debug')) this.debug(request, this.logger);
  }

  private warn(request: HttpRequest): void {
    const cause = request.evergreen.problem?.code ?? 'unknown';
    const members = { event: 'auth.refresh.failed', cause, ...whoAndWhere(request) };
    this.logger?.warn({ context: 'Security', ...members }, 'A refresh was not granted.');
  }

  private debug(request: HttpRequest, logger: Logger): void {
    const outcome = request.evergreen.refreshOutcome;
    const members = { event: 'auth.refresh.granted', outcome, ...whoAndWhere(request) };
    logger.debug({ context: 'Security', ...members }, 'A refresh was granted.');
  }
}
