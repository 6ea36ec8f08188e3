import fastifyCors from '@fastify/cors';
import { Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HEADERS } from '#protocol';
import { Config } from '../config/index.js';
import { fastifyOf } from './fastify-of.js';
import { isOwnOrigin, mayCall } from './origins.js';

/** What script of another origin may read of an answer, beside the body. */
const EXPOSED_HEADERS = [
  'Retry-After',
  'WWW-Authenticate',
  HEADERS.newToken,
  HEADERS.newTokenExpiresIn,
  HEADERS.refreshOutcome,
  'X-Request-Id',
];

/** How long a browser may remember that it was allowed to ask. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** Each is told of once; whoever makes up more of them is not told of again. */
const MAX_TOLD = 100;

/**
 * Lets pages of other origins call the API that may (`mayCall`), and no others: those get no header
 * of CORS at all. There is no wildcard.
 *
 * Not by Nest's `enableCors()`: that sets the headers of every answer on Node's response as well,
 * for middleware that answers by itself, and costs a request more than all other headers.
 */
@Injectable()
export class Cors {
  private readonly logger = new Logger('Cors');
  private readonly told = new Set<string>();

  constructor(host: HttpAdapterHost, config: Config) {
    const fastify = fastifyOf(host);
    if (!fastify) return;
    fastify.addHook('onRequest', (request, _reply, done) => {
      const { origin } = request.headers;
      if (origin !== undefined && !isOwnOrigin(origin, request, config) && !mayCall(origin, config))
        this.tell(origin);
      done();
    });
    void fastify.register(fastifyCors, {
      origin: (origin: string | undefined, answer: (error: null, isAllowed: boolean) => void) =>
        answer(null, origin !== undefined && mayCall(origin, config)),
      credentials: true,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    });
  }

  private tell(origin: string): void {
    if (this.told.has(origin) || this.told.size >= MAX_TOLD) return;
    this.told.add(origin);
    this.logger.warn({ origin }, 'A page of another origin was refused: CORS_ORIGINS lacks it.');
  }
}
