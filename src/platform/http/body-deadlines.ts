import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../clock/index.js';
import { respondToClientError } from './early-errors.js';
import { ApiPaths } from './api-paths.js';
import { FastifyHooks, HttpHooks } from './hooks/index.js';
import { HEADERS_WITHIN_MS, REQUEST_WITHIN_MS } from './request-limits.js';

const LOOK_EVERY_MS = 1000;

/** Node's error for a request that takes too long. */
const TOO_LATE = Object.assign(new Error('The body did not arrive in time.'), {
  code: 'ERR_HTTP_REQUEST_TIMEOUT',
});

interface Arriving {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly untilMs: number;
}

/**
 * Applies `@RequestLimits()`. Node has one time limit for all routes. So as soon as a route has its
 * own, Node gets the largest one, and this class cuts requests whose bodies have not arrived within
 * the time of their route. One timer looks at all of them. Without such a route, nothing is done for
 * a request. In another application, its own limits apply.
 */
@Injectable()
export class BodyDeadlines implements OnApplicationShutdown {
  private readonly arriving = new Set<Arriving>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    hooks: HttpHooks,
    host: HttpAdapterHost,
    { isWholeServer }: ApiPaths,
    private readonly clock: Clock,
  ) {
    if (!isWholeServer || !(hooks instanceof FastifyHooks)) return;
    const fastify = host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onRoute', (route) => {
      const { seconds, bytes } = route.config?.requestLimits ?? {};
      if (bytes !== undefined) route.bodyLimit = bytes;
      if (seconds !== undefined) this.allow(seconds, fastify);
    });
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private allow(seconds: number, fastify: FastifyInstance): void {
    const { server } = fastify;
    server.requestTimeout = Math.max(server.requestTimeout, HEADERS_WITHIN_MS + seconds * 1000);
    if (this.timer) return;
    this.timer = setInterval(() => this.cutLate(), LOOK_EVERY_MS).unref();
    fastify.addHook('onRequest', (request, reply, done) => {
      if (hasBody(request)) this.expect(request, reply);
      done();
    });
  }

  private expect(request: FastifyRequest, reply: FastifyReply): void {
    const { seconds } = request.routeOptions.config.requestLimits ?? {};
    const withinMs = seconds === undefined ? REQUEST_WITHIN_MS : seconds * 1000;
    this.arriving.add({ request, reply, untilMs: this.clock.monotonicMs() + withinMs });
  }

  private cutLate(): void {
    const nowMs = this.clock.monotonicMs();
    for (const one of this.arriving) {
      const { complete, destroyed } = one.request.raw;
      const isOver = complete || destroyed;
      if (!isOver && nowMs < one.untilMs) continue;
      this.arriving.delete(one);
      if (!isOver) cut(one);
    }
  }
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
}

/** As Node does it. What arrives after the response is not read, so that nothing is done. */
function cut({ request: { raw }, reply }: Arriving): void {
  if (reply.raw.headersSent) {
    raw.destroy();
    return;
  }
  raw.socket.once('finish', () => raw.destroy());
  respondToClientError(TOO_LATE, raw.socket);
}
