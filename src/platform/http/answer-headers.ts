import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../config/index.js';
import { Readiness } from '../readiness/index.js';
import { fastifyOf } from './fastify-of.js';
import { securityHeaders } from './security-headers.js';

/**
 * Headers of every answer: nothing here is for a cache, browsers are careful, and the request's id
 * tells its line in the log.
 */
@Injectable()
export class AnswerHeaders {
  constructor(host: HttpAdapterHost, config: Config, readiness: Readiness) {
    const always = { 'cache-control': 'no-store', ...securityHeaders(config) };
    fastifyOf(host)?.addHook('onRequest', (request, reply, done) => {
      reply.headers(always).header('x-request-id', request.id);
      // A client that kept this connection might send its next request just as it is closed.
      if (readiness.isDraining) reply.header('connection', 'close');
      done();
    });
  }
}
