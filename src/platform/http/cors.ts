import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../config/index.js';
import { fastifyOf } from './fastify-of.js';

/** What script of another origin may read of an answer, beside the body. */
const EXPOSED_HEADERS = [
  'Retry-After',
  'WWW-Authenticate',
  'X-New-Token',
  'X-New-Token-Expires-In',
  'X-Refresh-Outcome',
  'X-Request-Id',
];

/** How long a browser may remember that it was allowed to ask. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** Lets pages of the listed origins call the API, and no others; there is no wildcard. */
@Injectable()
export class Cors {
  constructor(host: HttpAdapterHost, { corsOrigins }: Config) {
    if (!fastifyOf(host) || corsOrigins.length === 0) return;
    host.httpAdapter.enableCors({
      origin: [...corsOrigins],
      credentials: true,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    });
  }
}
