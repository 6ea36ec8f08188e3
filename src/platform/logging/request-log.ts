import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { HttpHooks, type HttpRequest } from '../http/index.js';
import { REQUEST_MESSAGE } from './line-for-people.js';
import { withoutRedaction } from './logger.js';

/** Injection token of the one logger of the process. */
export const LOGGER = Symbol('evergreen logger');

/**
 * Writes one line for each request, without its query string, headers or body, since these may hold
 * secrets. The line has the user and the session if the token was good, or the name
 * of the other service. The session's id is also in
 * the lines of security events.
 */
@Injectable()
export class RequestLog {
  private readonly warnedRoutes = new Set<string>();

  constructor(hooks: HttpHooks, @Inject(LOGGER) logger: Logger) {
    const lines = withoutRedaction(logger);
    hooks.onResponse((request, { statusCode: status }, elapsedMs) => {
      const { id, method, user, evergreen } = request;
      const route = hooks.routeOf(request) ?? 'none';
      lines[this.levelOf(request, route, status)](
        {
          request_id: id,
          method,
          route,
          status,
          code: evergreen.problem?.code,
          user_id: user?.userId,
          session_id: user?.sessionId,
          service: evergreen.service,
          milliseconds: Math.round(elapsedMs * 10) / 10,
        },
        REQUEST_MESSAGE,
      );
    });
  }

  /** From now on, requests that these routes reject are logged as warnings. */
  warnOfRejections(...routes: readonly string[]): void {
    for (const route of routes) this.warnedRoutes.add(route);
  }

  /** A fault of the server is an error, unless it is expected. */
  private levelOf({ evergreen }: HttpRequest, route: string, status: number) {
    if (status < 400) return 'info';
    if (status >= 500) return evergreen.problem?.options.isExpected ? 'info' : 'error';
    return this.warnedRoutes.has(route) ? 'warn' : 'info';
  }
}
