import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { fastifyOf } from '../http/index.js';
import { REQUEST_MESSAGE } from './line-for-people.js';
import { withoutRedaction } from './logger.js';

/** Injection token of the one logger of the process. */
export const LOGGER = Symbol('evergreen logger');

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A request that this route rejects is logged as a warning. */
    refusalsAreWarnings?: boolean;
  }
}

/**
 * Writes one line for each request, without its query string, headers or body, since these may hold
 * secrets. The line has the user and the session if the token was good. The session's id is also in
 * the lines of security events.
 */
@Injectable()
export class RequestLog {
  constructor(host: HttpAdapterHost, @Inject(LOGGER) logger: Logger) {
    const lines = withoutRedaction(logger);
    fastifyOf(host)?.addHook('onResponse', (request, reply, done) => {
      const { user, evergreen } = request;
      lines[levelOf(request, reply.statusCode)](
        {
          request_id: request.id,
          method: request.method,
          route: request.routeOptions.url ?? 'none',
          status: reply.statusCode,
          code: evergreen.problem?.code,
          user_id: user?.userId,
          session_id: user?.sessionId,
          milliseconds: Math.round(reply.elapsedTime * 10) / 10,
        },
        REQUEST_MESSAGE,
      );
      done();
    });
  }
}

/** A fault of the server is an error, unless it is expected. */
function levelOf(request: FastifyRequest, status: number): 'info' | 'warn' | 'error' {
  if (status < 400) return 'info';
  if (status >= 500) return request.evergreen.problem?.options.isExpected ? 'info' : 'error';
  return request.routeOptions.config.refusalsAreWarnings ? 'warn' : 'info';
}
