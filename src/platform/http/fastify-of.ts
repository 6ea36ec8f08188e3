import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/**
 * The server behind Nest, for a provider that adds a hook of its own; undefined in a command, which
 * serves nobody.
 */
export function fastifyOf({ httpAdapter }: HttpAdapterHost): FastifyInstance | undefined {
  return (
    httpAdapter as HttpAdapterHost['httpAdapter'] | undefined
  )?.getInstance<FastifyInstance>();
}
