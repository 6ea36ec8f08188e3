import { randomUUID } from 'node:crypto';
import type { FastifyServerOptions } from 'fastify';
import { trusts } from '../address/index.js';
import type { Config } from '../config/index.js';
import { respondToClientError, respondToFrameworkError } from './early-errors.js';
import { requestLimits } from './request-limits.js';

/** Accepted request ids of callers, so that nothing else gets into logs. */
const REQUEST_ID = /^[\w.:-]{1,100}$/;

/**
 * Options of Fastify. `canonicalUrl` maps aliases of paths to the paths of routes.
 */
export function fastifyOptions(
  { trustedProxies }: Config,
  canonicalUrl: (url: string) => string,
): FastifyServerOptions {
  return {
    ...requestLimits,
    trustProxy: trustedProxies.length > 0 ? trusts(trustedProxies) : false,
    rewriteUrl: (request) => canonicalUrl(request.url ?? '/'),
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    frameworkErrors: respondToFrameworkError,
    clientErrorHandler: respondToClientError,
    // While the server closes, requests on open connections are still served, with `Connection:
    // close`.
    return503OnClosing: false,
    // Without `logger` Fastify logs nothing: a hook of ours logs requests, one line each. An object of
    // our copy of Fastify, such as a `LogController`, would not be accepted by another copy, which an
    // application with another minor of @nestjs/platform-fastify has.
  };
}
