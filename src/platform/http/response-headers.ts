import { Injectable } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Readiness } from '../readiness/index.js';
import { ApiPaths } from './api-paths.js';
import { HttpHooks } from './hooks/index.js';
import { securityHeaders } from './security-headers.js';

/**
 * The headers of every response: `no-store` and the security headers for browsers, on our own paths,
 * and the id that finds the request in the log.
 */
@Injectable()
export class ResponseHeaders {
  constructor(hooks: HttpHooks, paths: ApiPaths, config: Config, readiness: Readiness) {
    const always = Object.entries({ 'cache-control': 'no-store', ...securityHeaders(config) });
    hooks.onRequest((request, reply) => {
      if (paths.isOwn(request.url)) for (const [name, value] of always) reply.header(name, value);
      reply.header('x-request-id', request.id);
      // On a kept connection, the client's next request could arrive just as the server closes it.
      if (readiness.isDraining) reply.header('connection', 'close');
      return undefined;
    });
  }
}
