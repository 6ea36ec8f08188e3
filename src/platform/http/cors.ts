import fastifyCors from '@fastify/cors';
import { Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HEADERS } from '#protocol';
import { Config } from '../config/index.js';
import { fastifyOf } from './fastify-of.js';
import { isOwnOrigin, mayCall } from './origins.js';

/** Response headers that scripts of other origins may read. */
const EXPOSED_HEADERS = [
  'Retry-After',
  'WWW-Authenticate',
  HEADERS.newToken,
  HEADERS.newTokenExpiresIn,
  HEADERS.refreshOutcome,
  'X-Request-Id',
];

/** How long a browser may cache a preflight. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** At most this many rejected origins are logged, each once: an attacker can invent more. */
const MAX_REPORTED = 100;

/**
 * Allows pages of other origins to call the API if `mayCall`; other origins get no CORS header at
 * all. There is no wildcard.
 *
 * It does not use Nest's `enableCors()`, which also sets the headers of every response on Node's
 * response object, for middleware that responds by itself. That costs more than all other headers.
 */
@Injectable()
export class Cors {
  private readonly logger = new Logger('Cors');
  private readonly reported = new Set<string>();

  constructor(host: HttpAdapterHost, config: Config) {
    const fastify = fastifyOf(host);
    if (!fastify) return;
    fastify.addHook('onRequest', (request, _reply, done) => {
      const { origin } = request.headers;
      if (origin !== undefined && !isOwnOrigin(origin, request, config) && !mayCall(origin, config))
        this.reportOnce(origin);
      done();
    });
    void fastify.register(fastifyCors, {
      origin: (origin: string | undefined, callback: (error: null, isAllowed: boolean) => void) =>
        callback(null, origin !== undefined && mayCall(origin, config)),
      credentials: true,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    });
  }

  private reportOnce(origin: string): void {
    if (this.reported.has(origin) || this.reported.size >= MAX_REPORTED) return;
    this.reported.add(origin);
    this.logger.warn(
      { origin },
      'A page of another origin was rejected: CORS_ORIGINS does not contain it.',
    );
  }
}
