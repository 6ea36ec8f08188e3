import type { Server } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ConfigurationError } from '../../config/index.js';
import type { HttpRequest } from '../http-request.js';
import { requestIdOf } from '../request-id.js';
import { firstDecision, HttpHooks, runInside } from './http-hooks.js';

/** Hooks on Fastify. Each kind is one hook of Fastify's, since every step of its own costs more. */
export class FastifyHooks extends HttpHooks {
  constructor(private readonly fastify: FastifyInstance) {
    super();
    this.addDecidingHooks();
    this.addFollowingHooks();
  }

  override onServer(use: (server: Server) => void): void {
    use(this.fastify.server);
  }

  override trustProxies(): void {
    // Of Fastify's options, it shows this one; `fastifyOptions` sets both.
    const { genReqId } = this.fastify as { genReqId?: unknown };
    if (genReqId !== requestIdOf)
      throw new ConfigurationError([
        'trustedProxies must also be given to the adapter: new FastifyAdapter(fastifyOptions({ trustedProxies }))',
      ]);
  }

  override defineMember(name: string, compute: (request: HttpRequest) => unknown): void {
    this.fastify.decorateRequest(name, {
      getter() {
        return compute(this);
      },
    });
  }

  override routeOf(request: HttpRequest): string | undefined {
    return (request as FastifyRequest).routeOptions.url;
  }

  private addDecidingHooks(): void {
    this.fastify.addHook('onRequest', (request, reply, done) => {
      const decision = firstDecision(this.requestHooks, request, reply);
      if (decision !== 'sent') done(decision);
    });
    this.fastify.addHook('preParsing', (request, reply, _payload, done) => {
      const decision = firstDecision(this.bodyHooks, request, reply);
      if (decision !== 'sent') done(decision);
    });
    this.fastify.addHook('preHandler', (request, _reply, done) => {
      if (this.handlerHooks.length === 0) done();
      else runInside(this.handlerHooks, request, done);
    });
  }

  private addFollowingHooks(): void {
    this.fastify.addHook('onSend', (request, reply, payload, done) => {
      for (const hook of this.sendHooks) hook(request, reply, isStream(payload));
      done();
    });
    this.fastify.addHook('onResponse', (request, reply, done) => {
      for (const hook of this.responseHooks) hook(request, reply, reply.elapsedTime);
      done();
    });
    this.fastify.addHook('onRequestAbort', (request, done) => {
      for (const hook of this.abortHooks) hook(request);
      done();
    });
  }
}

function isStream(payload: unknown): boolean {
  return (
    typeof payload === 'object' && payload !== null && ('pipe' in payload || 'getReader' in payload)
  );
}
