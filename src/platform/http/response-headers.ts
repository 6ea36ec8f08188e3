import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../config/index.js';
import { Readiness } from '../readiness/index.js';
import { fastifyOf } from './fastify-of.js';
import { securityHeaders } from './security-headers.js';

/**
 * The headers of every response: `no-store`, the security headers for browsers, and the id that finds
 * the request in the log.
 */
@Injectable()
export class ResponseHeaders {
  constructor(host: HttpAdapterHost, config: Config, readiness: Readiness) {
    const always = { 'cache-control': 'no-store', ...securityHeaders(config) };
    fastifyOf(host)?.addHook('onRequest', (request, reply, done) => {
      reply.headers(always).header('x-request-id', request.id);
      // On a kept connection, the client's next request could arrive just as the server closes it.
      if (readiness.isDraining) reply.header('connection', 'close');
      done();
    });
  }
}
