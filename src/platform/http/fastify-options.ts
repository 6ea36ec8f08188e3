import { randomUUID } from 'node:crypto';
import { LogController, type FastifyServerOptions } from 'fastify';
import { trusts } from '../address/index.js';
import type { Config } from '../config/index.js';
import { respondToClientError, respondToFrameworkError } from './early-errors.js';
import { requestLimits } from './request-limits.js';

/** What callers may name their requests with, so that nothing else gets into logs. */
const REQUEST_ID = /^[\w.:-]{1,100}$/;

/**
 * How Fastify is set up before Nest takes over. `canonicalUrl` maps aliases of paths to the paths
 * of routes.
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
    // Requests that come on an open connection while the server closes are served, and told that it
    // closes.
    return503OnClosing: false,
    // Requests are logged by a hook of ours, one line each.
    logController: new LogController({ disableRequestLogging: true }),
  };
}
