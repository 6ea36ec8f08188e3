import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { problemOf } from '../errors/index.js';
import type { Principal } from '../http/index.js';
import { withoutRedaction } from './logger.js';

/**
 * One line for each request, without its query string, headers or body: those may hold secrets. Who
 * made it is known where its token was good; its session leads to the security events of the same
 * session.
 */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  const lines = withoutRedaction(logger);
  fastify.addHook('onResponse', (request, reply, done) => {
    const { user } = request as { readonly user?: Principal };
    lines.info(
      {
        request_id: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        code: problemOf(reply)?.code,
        user_id: user?.userId,
        session_id: user?.sessionId,
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
    done();
  });
}
