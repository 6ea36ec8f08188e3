import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/**
 * The Fastify instance, for a provider that adds a hook; undefined in a command, which has no
 * server.
 */
export function fastifyOf({ httpAdapter }: HttpAdapterHost): FastifyInstance | undefined {
  return (
    httpAdapter as HttpAdapterHost['httpAdapter'] | undefined
  )?.getInstance<FastifyInstance>();
}
