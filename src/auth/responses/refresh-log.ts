import { Inject, Injectable, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { fastifyOf } from '../../platform/http/index.js';
import { LOGGER } from '../../platform/logging/index.js';
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
    host: HttpAdapterHost,
    @Optional() @Inject(LOGGER) private readonly logger: Logger | undefined,
  ) {
    fastifyOf(host)?.addHook('onRoute', (route) => {
      if (route.method !== 'POST' || ![LOGIN, REFRESH].includes(route.url)) return;
      route.config = { ...route.config, refusalsAreWarnings: true };
      if (route.url !== REFRESH) return;
      route.onResponse = (request, reply, done) => {
        this.write(request, reply);
        done();
      };
    });
  }

  private write(request: FastifyRequest, reply: FastifyReply): void {
    if (reply.statusCode >= 300) this.warn(request);
    else if (this.logger?.isLevelEnabled('debug')) this.debug(request, this.logger);
  }

  private warn(request: FastifyRequest): void {
    const cause = request.evergreen.problem?.code ?? 'unknown';
    const members = { event: 'auth.refresh.failed', cause, ...whoAndWhere(request) };
    this.logger?.warn({ context: 'Security', ...members }, 'A refresh was not granted.');
  }

  private debug(request: FastifyRequest, logger: Logger): void {
    const outcome = request.evergreen.refreshOutcome;
    const members = { event: 'auth.refresh.granted', outcome, ...whoAndWhere(request) };
    logger.debug({ context: 'Security', ...members }, 'A refresh was granted.');
  }
}
