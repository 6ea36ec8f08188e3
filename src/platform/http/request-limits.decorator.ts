import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';

/** What a route allows. What is not given is as for all routes. */
export interface RouteLimits {
  /** How long a request may take to arrive, from the end of its headers on; otherwise 15. */
  readonly seconds?: number;
  /** The largest body that is parsed as a whole, such as JSON; otherwise 100 KiB. */
  readonly bytes?: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly requestLimits?: RouteLimits;
  }
}

/**
 * For a route that takes uploads: allows it slower or larger requests than other routes, or only
 * smaller ones.
 *
 * @example `@RequestLimits({ seconds: 30 })`
 */
export function RequestLimits(requestLimits: RouteLimits): MethodDecorator {
  return <T>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>) => {
    const before = Reflect.getMetadata(
      FASTIFY_ROUTE_CONFIG_METADATA,
      descriptor.value as object,
    ) as FastifyContextConfig | undefined;
    RouteConfig({ ...before, requestLimits })(target, key, descriptor);
  };
}
