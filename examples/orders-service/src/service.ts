import type { Verifier } from '@evergreen-auth/resource';
import { accessTokens } from '@evergreen-auth/resource/fastify';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { LiveOrders } from './live-orders.js';
import { Orders } from './orders.js';

const NEW_ORDER = {
  type: 'object',
  required: ['item', 'quantity'],
  additionalProperties: false,
  properties: {
    item: { type: 'string', minLength: 1, maxLength: 100 },
    quantity: { type: 'integer', minimum: 1, maximum: 1000 },
  },
} as const;

interface NewOrder {
  readonly item: string;
  readonly quantity: number;
}

/** The service, for `main.ts` and for tests. */
export async function createService(verifier: Verifier): Promise<FastifyInstance> {
  const app = fastify();
  const orders = new Orders();
  const live = new LiveOrders(verifier, orders);
  app.addHook('preClose', () => live.close());

  // From here on every route needs an access token, unless it is public.
  await app.register(accessTokens, { verifier });

  app.get('/status', { config: { public: true } }, () => ({ verifier: verifier.state }));

  app.get('/orders', (request) => orders.of(callerOf(request).userId));

  app.post<{ Body: NewOrder }>('/orders', { schema: { body: NEW_ORDER } }, (request, reply) => {
    const order = orders.create(callerOf(request).userId, request.body);
    return reply.code(201).send(order);
  });

  app.get('/orders/all', { onRequest: requireRole('admin') }, () => orders.all());

  app.get('/orders/live', async (request, reply) => {
    reply.hijack();
    const token = String(request.headers.authorization).replace(/^Bearer +/i, '');
    await live.open(callerOf(request), token, reply.raw);
  });

  return app;
}

/** There is one on every route that is not public. */
function callerOf({ auth }: FastifyRequest) {
  if (!auth) throw new Error('A public route has no caller.');
  return auth;
}

/** Roles are in the access token, which is refused once they have changed. */
function requireRole(role: string) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (callerOf(request).roles.includes(role)) return;
    return reply
      .code(403)
      .type('application/problem+json')
      .send(JSON.stringify({ status: 403, title: 'Forbidden', code: 'forbidden' }));
  };
}
