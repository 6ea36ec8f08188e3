import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/index.js';
import { securityHeaders } from './security-headers.js';

/**
 * Headers of every answer: nothing here is for a cache, browsers are careful, and the request's id
 * tells its line in the log.
 */
export function addAnswerHeaders(
  fastify: FastifyInstance,
  config: Config,
  isDraining: () => boolean,
): void {
  const always = { 'cache-control': 'no-store', ...securityHeaders(config) };
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(always).header('x-request-id', request.id);
    // A client that kept this connection might send its next request just as it is closed.
    if (isDraining()) reply.header('connection', 'close');
    done();
  });
}
