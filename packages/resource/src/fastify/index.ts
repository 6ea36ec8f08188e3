import type { FastifyInstance } from 'fastify';
import { admit } from '../http/admit.js';
import type { GoodToken } from '../verdict.js';
import type { Verifier } from '../verifier.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the access token says; null on public routes. */
    auth: GoodToken | null;
  }
  interface FastifyContextConfig {
    /** True: the route needs no access token. */
    public?: boolean;
  }
}

export interface AccessTokensOptions {
  readonly verifier: Pick<Verifier, 'verify'>;
}

/**
 * A plug-in: every route of the instance that it is registered with needs a good access token, unless
 * its `config` says `public: true`. Then `request.auth` is what the token says.
 *
 * ```ts
 * await app.register(accessTokens, { verifier });
 * ```
 */
export function accessTokens(
  app: FastifyInstance,
  { verifier }: AccessTokensOptions,
  done: (error?: Error) => void,
): void {
  app.decorateRequest('auth', null);
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.public === true) return;
    const { auth, refusal } = await admit(verifier, request);
    if (!refusal) {
      request.auth = auth;
      return;
    }
    const { status, headers, body } = refusal;
    return reply.code(status).headers(headers).send(JSON.stringify(body));
  });
  done();
}

// So that it is for the instance itself, and not for a child of it.
Object.assign(accessTokens, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@evergreen-auth/resource',
});
