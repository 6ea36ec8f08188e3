import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/index.js';

/** What script of another origin may read of an answer, beside the body. */
const EXPOSED_HEADERS = ['Retry-After', 'WWW-Authenticate', 'X-Refresh-Outcome', 'X-Request-Id'];

/** How long a browser may remember that it was allowed to ask. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** Lets pages of the listed origins call the API, and no others; there is no wildcard. */
export function allowOrigins(
  app: NestFastifyApplication,
  { corsOrigins }: Config,
  exposedHeaders: readonly string[],
): void {
  if (corsOrigins.length === 0) return;
  app.enableCors({
    origin: [...corsOrigins],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [...EXPOSED_HEADERS, ...exposedHeaders],
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
  });
}
