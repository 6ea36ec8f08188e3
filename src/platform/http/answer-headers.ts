import type { FastifyInstance } from 'fastify';

/** Headers of every answer: nothing here is for a cache, and the request's id tells its line in the log. */
export function addAnswerHeaders(fastify: FastifyInstance, isDraining: () => boolean): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('cache-control', 'no-store');
    // A client that kept this connection might send its next request just as it is closed.
    if (isDraining()) reply.header('connection', 'close');
  });
}
