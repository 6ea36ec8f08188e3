import type { HttpAdapterHost } from '@nestjs/core';
import { ConfigurationError } from '../../config/index.js';
import { ExpressHooks } from './express-hooks.js';
import { FastifyHooks } from './fastify-hooks.js';
import type { HttpHooks } from './http-hooks.js';
import { NoHooks } from './no-hooks.js';

/**
 * The hooks for the application's adapter; a command has no adapter.
 *
 * @throws ConfigurationError if it is neither Fastify's nor Express's
 */
export function createHooks(host: HttpAdapterHost): HttpHooks {
  const adapter = host.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
  if (!adapter) return new NoHooks();
  const type = adapter.getType();
  if (type === 'fastify') return new FastifyHooks(adapter.getInstance());
  if (type === 'express') return new ExpressHooks(host, adapter.getInstance());
  throw new ConfigurationError([
    `The HTTP adapter must be that of Fastify or Express; this one is of the type ${type}`,
  ]);
}
