import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Span } from '@opentelemetry/api';
import type { Principal } from '../caller/index.js';
import type { Problem } from '../errors/index.js';
import type { EventClient } from '../events/index.js';
import { fastifyOf } from './fastify-of.js';

/** What becomes known of a request and its answer on their way, for whoever comes later. */
class RequestContext {
  /** The problem that the answer tells of. */
  problem: Problem | undefined = undefined;

  /** The answer ends the session of the request: what the caller holds of it is to be cleared. */
  signOut: SignOut | undefined = undefined;

  /** The refresh token of the request is the cookie's. */
  usesCookie = false;

  /** What limits count an attempt to sign in by; null before they have asked. */
  loginLimitKey: string | undefined | null = null;

  /** How a refresh was granted, such as `rotated`. */
  refreshOutcome: string | undefined = undefined;

  /** The access token that the answer carries as `X-New-Token`, where it turns out to be one that may. */
  renewedToken: RenewedToken | undefined = undefined;

  /** Where requests are traced. */
  span: Span | undefined = undefined;
}

/** An answer that ends the session of the request that it answers. */
export interface SignOut {
  /** The session kept its refresh token in the cookie. */
  readonly hadCookie: boolean;
}

/** An access token that follows the one of the request. `expiresAt` is in epoch seconds. */
export interface RenewedToken {
  readonly token: string;
  readonly expiresAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request; a guard says it. */
    user?: Principal;
    readonly evergreen: RequestContext;
    /** Who is at the other end. Worked out each time that it is asked for. */
    readonly client: EventClient;
    /** Where `evergreen` is kept, from when somebody first asks for it. */
    evergreenContext: RequestContext | null;
  }
}

/** Gives every request its `RequestContext`, also those that fail before any hook. */
@Injectable()
export class RequestContexts {
  constructor(host: HttpAdapterHost) {
    const fastify = fastifyOf(host);
    fastify?.decorateRequest('evergreenContext', null);
    fastify?.decorateRequest('evergreen', {
      getter() {
        return (this.evergreenContext ??= new RequestContext());
      },
    });
  }
}
