import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyHttpOptions } from 'fastify';
import { Problem } from '../errors/index.js';
import { ApiPaths } from './api-paths.js';
import { HttpHooks } from './hooks/index.js';

/** Our bodies have a few fields; a larger one is a mistake or an attack. */
export const MAX_BODY_BYTES = 100 * 1024;

/** Our longest URL is a page of a list with its cursor. */
const MAX_URL_CHARACTERS = 4096;

/** Connections of clients that send more slowly are cut. */
export const HEADERS_WITHIN_MS = 10_000;
export const REQUEST_WITHIN_MS = 15_000;

/**
 * Node would silently drop the second of two equal headers. `WellFormedRequests` must see both, and
 * responds if there is no `Host`.
 */
export const HEADER_RULES = { joinDuplicateHeaders: true, requireHostHeader: false };

/** Limits that apply before any code handles a request. */
export const requestLimits: FastifyHttpOptions<Server> = {
  bodyLimit: MAX_BODY_BYTES,
  requestTimeout: REQUEST_WITHIN_MS,
  http: {
    headersTimeout: HEADERS_WITHIN_MS,
    connectionsCheckingInterval: 2000,
    ...HEADER_RULES,
  },
};

/**
 * Rejects URLs that are too long: before the body is parsed, but after the hooks that set the
 * headers of every response.
 */
@Injectable()
export class UrlLimit {
  constructor(hooks: HttpHooks, paths: ApiPaths) {
    hooks.beforeBody(({ url, originalUrl }) =>
      originalUrl.length > MAX_URL_CHARACTERS && paths.isOwn(url)
        ? new Problem('uri_too_long')
        : undefined,
    );
  }
}
