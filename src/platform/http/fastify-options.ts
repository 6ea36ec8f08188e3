import type { FastifyServerOptions } from 'fastify';
import { trusts } from '../address/index.js';
import type { Config } from '../config/index.js';
import { respondToClientError, respondToFrameworkError } from './early-errors.js';
import { requestIdOf } from './request-id.js';
import { requestLimits } from './request-limits.js';

/**
 * Options of Fastify that cannot be set later: for `new FastifyAdapter(…)` in an application that
 * imports `EvergreenModule`. With them, a URL that does not parse is a problem document, too.
 */
export function fastifyOptions({
  trustedProxies = [],
}: Partial<Pick<Config, 'trustedProxies'>> = {}): FastifyServerOptions {
  return {
    // `FastifyHooks` recognises these options by it.
    genReqId: requestIdOf,
    trustProxy: trustedProxies.length > 0 ? trusts(trustedProxies) : false,
    frameworkErrors: respondToFrameworkError,
    clientErrorHandler: respondToClientError,
  };
}

/** Options of Fastify where Evergreen is the whole server. */
export function serverOptions(config: Config): FastifyServerOptions {
  return {
    ...fastifyOptions(config),
    ...requestLimits,
    // While the server closes, requests on open connections are still served, with `Connection:
    // close`.
    return503OnClosing: false,
    // Without `logger` Fastify logs nothing: a hook of ours logs requests, one line each. An object of
    // our copy of Fastify, such as a `LogController`, would not be accepted by another copy, which an
    // application with another minor of @nestjs/platform-fastify has.
  };
}
