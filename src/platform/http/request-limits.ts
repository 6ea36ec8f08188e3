import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyHttpOptions } from 'fastify';
import { Problem } from '../errors/index.js';
import { fastifyOf } from './fastify-of.js';

/** Bodies of ours are a few fields; what is larger is a mistake or an attack. */
const MAX_BODY_BYTES = 100 * 1024;

/** The longest of ours is a page of a list with its cursor. */
const MAX_URL_CHARACTERS = 4096;

/** Clients that send byte by byte hold a connection each; these are cut. */
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 15_000;

/** What a request may cost before anything looks at it. */
export const requestLimits: FastifyHttpOptions<Server> = {
  bodyLimit: MAX_BODY_BYTES,
  requestTimeout: REQUEST_WITHIN_MS,
  http: {
    headersTimeout: HEADERS_WITHIN_MS,
    connectionsCheckingInterval: 2000,
    // Of two headers of one name Node would drop the second without a word; `WellFormedRequests`
    // has to see that there were two, and answers where there is no `Host`.
    joinDuplicateHeaders: true,
    requireHostHeader: false,
  },
};

/**
 * Refuses overlong URLs. Before anything is parsed, and not earlier, so that the answer has the
 * headers of every other.
 */
@Injectable()
export class UrlLimit {
  constructor(host: HttpAdapterHost) {
    fastifyOf(host)?.addHook('preParsing', (request, _reply, _payload, done) => {
      done(
        request.originalUrl.length > MAX_URL_CHARACTERS ? new Problem('uri_too_long') : undefined,
      );
    });
  }
}
