import type { FastifyInstance } from 'fastify';

/** Who makes a request, as its access token says. Times are in epoch seconds. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  /** Raised by a change of password; tokens of an older epoch are void. */
  readonly epoch: number;
  readonly expiresAt: number;
}

/** Gives each request a place for its principal, `user`. Added later, it would change the request's shape: 4 % of a route that does nothing. */
export function reservePrincipal(fastify: FastifyInstance): void {
  fastify.decorateRequest('user');
}
