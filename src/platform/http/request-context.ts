import type { NestInterceptor } from '@nestjs/common';
import type { Span } from '@opentelemetry/api';
import type { Principal } from '../caller/index.js';
import type { Problem } from '../errors/index.js';
import type { EventClient } from '../events/index.js';

/** What guards, handlers and hooks find out about a request, for those that run after them. */
export class RequestContext {
  /** @param renewal the application's own interceptor for routes that may renew access tokens */
  constructor(readonly renewal: NestInterceptor | undefined) {}

  /** The problem that the response contains. */
  problem: Problem | undefined = undefined;

  /** Set if the response ends the session of the request: the client's cookie must be cleared. */
  signOut: SignOut | undefined = undefined;

  /** The name of the team's other service that makes the request. */
  service: string | undefined = undefined;

  /** The response ends when its client leaves, so its duration says nothing about the server. */
  isEndless = false;

  /** The refresh token of the request came in the cookie. */
  usesCookie = false;

  /** The proof of possession that the request has brought, once it was found to be good. */
  proof: CheckedProof | undefined = undefined;

  /** The key of the login limit, for an attempt to sign in; null until it is computed. */
  loginLimitKey: string | undefined | null = null;

  /** How a refresh was granted, such as `rotated`. */
  refreshOutcome: string | undefined = undefined;

  /** The access token for the header `X-New-Token`, if the response turns out to be one that may have it. */
  renewedToken: RenewedToken | undefined = undefined;

  /** Set if requests are traced. */
  span: Span | undefined = undefined;
}

/** A response that ends the session of its own request. */
export interface SignOut {
  /** The session kept its refresh token in the cookie. */
  readonly hadCookie: boolean;
}

/** A good proof of possession (RFC 9449), and the token that it goes with. */
export interface CheckedProof {
  readonly token: string;
  /** It has been remembered, so that it counts in no other request. */
  readonly isUsed: boolean;
  /** The thumbprint of the key that it names as the next one of its session. */
  readonly newThumbprint?: string | undefined;
}

/** An access token that follows the one of the request. `expiresAt` is in epoch seconds. */
export interface RenewedToken {
  readonly token: string;
  readonly expiresAt: number;
}

declare module 'fastify' {
  // The members that `HttpRequest` has beside those of Fastify.
  interface FastifyRequest {
    user?: Principal;
    readonly evergreen: RequestContext;
    readonly client: EventClient;
  }
}
