import { Injectable, Logger } from '@nestjs/common';
import { HEADERS } from '#protocol';
import { Config } from '../config/index.js';
import { ApiPaths } from './api-paths.js';
import { HttpHooks } from './hooks/index.js';
import type { HttpReply, HttpRequest } from './http-request.js';
import { isOwnOrigin, mayCall } from './origins.js';
import { ResponseHeaders } from './response-headers.js';

/** Response headers that scripts of other origins may read. */
const EXPOSED_HEADERS = [
  'Retry-After',
  'WWW-Authenticate',
  HEADERS.newToken,
  HEADERS.newTokenExpiresIn,
  HEADERS.refreshOutcome,
  HEADERS.proofNonce,
  'X-Request-Id',
].join(', ');

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';

/** How long a browser may cache a preflight. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** At most this many rejected origins are logged, each once: an attacker can invent more. */
const MAX_REPORTED = 100;

/**
 * Allows pages of other origins to call the API if `mayCall` (https://fetch.spec.whatwg.org/#http-cors-protocol);
 * other origins get no CORS header at all. There is no wildcard. It applies to a team's own routes,
 * too, whose responses may contain `X-New-Token`.
 *
 * Neither `@fastify/cors` nor Nest's `enableCors()` does this: each occupies what a team needs for
 * the CORS of its own routes, and they differ between Fastify and Express.
 */
@Injectable()
export class Cors {
  private readonly logger = new Logger('Cors');
  private readonly reported = new Set<string>();

  /** `_responseHeaders` adds its hook first, so that a preflight has the headers of every response. */
  constructor(
    hooks: HttpHooks,
    paths: ApiPaths,
    config: Config,
    _responseHeaders: ResponseHeaders,
  ) {
    hooks.onRequest((request, reply) => {
      reply.header('vary', 'Origin');
      const { origin } = request.headers;
      if (origin === undefined) return undefined;
      if (mayCall(origin, config)) return allow(origin, request, reply);
      if (paths.isOwn(request.url) && !isOwnOrigin(origin, request, config))
        this.reportOnce(origin);
      return undefined;
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

function allow(origin: string, request: HttpRequest, reply: HttpReply): 'sent' | undefined {
  reply.header('access-control-allow-origin', origin);
  reply.header('access-control-allow-credentials', 'true');
  reply.header('access-control-expose-headers', EXPOSED_HEADERS);
  if (!isPreflight(request)) return undefined;
  allowRequest(request, reply);
  return 'sent';
}

function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** Any request header is allowed: only pages whose origin may call the API get here. */
function allowRequest({ headers }: HttpRequest, reply: HttpReply): void {
  const requested = headers['access-control-request-headers'];
  if (requested !== undefined) reply.header('access-control-allow-headers', requested);
  reply.header('access-control-allow-methods', METHODS);
  reply.header('access-control-max-age', PREFLIGHT_MAX_AGE_SECONDS);
  reply.header('vary', 'Origin, Access-Control-Request-Headers');
  // Some browsers wait for a body without it.
  reply.header('content-length', 0);
  reply.status(204).send();
}
