import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import fastify from 'fastify';
import type { Verdict } from '../src/index.js';
import { requireAccessToken } from '../src/express/index.js';
import { accessTokens } from '../src/fastify/index.js';
import {
  AccessTokenGuard,
  CurrentSession,
  CurrentUser,
  Public,
  type CallingSession,
  type CallingUser,
} from '../src/nest/index.js';

const GOOD: Verdict = {
  kind: 'good',
  userId: 'the-user',
  sessionId: 'the-session',
  expiresAt: 2,
  authenticatedAt: 1,
  amr: ['pwd'],
  roles: ['admin'],
  claims: { tenant: 'acme' },
};

/** Tokens are called by what is said of them. */
const verifier = {
  verify: (token: string): Promise<Verdict> => {
    if (token === 'good') return Promise.resolve(GOOD);
    if (token === 'unknown') return Promise.resolve({ kind: 'unknown', retryAfterSeconds: 7 });
    return Promise.resolve({ kind: token === 'expired' || token === 'ended' ? token : 'invalid' });
  },
};

interface Service {
  readonly url: string;
  close(): Promise<unknown>;
}

const SERVICES: Readonly<Record<string, () => Promise<Service>>> = {
  Express: startExpress,
  Fastify: startFastify,
  'Nest on Express': () => startNest(new ExpressAdapter()),
  'Nest on Fastify': () => startNest(new FastifyAdapter()),
};

describe.each(Object.keys(SERVICES))('%s', (name) => {
  let service: Service;

  beforeAll(async () => {
    service = await SERVICES[name]!();
  });

  afterAll(() => service.close());

  const get = (path: string, authorization?: string) =>
    fetch(`${service.url}${path}`, { headers: authorization ? { authorization } : {} });

  it('hands on what a good token says', async () => {
    const response = await get('/orders/mine?page=2', 'Bearer good');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ user: 'the-user', session: 'the-session' });
  });

  it('lets everybody use a public route', async () => {
    const response = await get('/status');
    expect([response.status, await response.json()]).toEqual([200, { isUp: true }]);
  });

  it.each([
    ['expired', 401, 'token_expired'],
    ['invalid', 401, 'token_invalid'],
    ['ended', 401, 'session_revoked'],
    ['unknown', 503, 'service_unavailable'],
  ])('refuses a token that is %s with %d %s', async (token, status, code) => {
    const response = await get('/orders/mine?page=2', `Bearer ${token}`);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      type: `urn:evergreen:problem:${code}`,
      status,
      code,
      instance: '/orders/mine',
      retryable: status === 503,
      clear_credentials: false,
    });
    const challenge = response.headers.get('www-authenticate');
    if (status === 401)
      expect(challenge).toMatch(/^Bearer realm="evergreen", error="invalid_token"/);
    else expect([challenge, response.headers.get('retry-after')]).toEqual([null, '7']);
  });

  it.each([undefined, 'Basic Zm9vOmJhcg==', 'Bearer '])(
    'refuses a request with the authorization %j as one without a token',
    async (authorization) => {
      const response = await get('/orders/mine', authorization);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="evergreen"');
      expect(await response.json()).toMatchObject({ code: 'token_missing' });
    },
  );

  it.each(['DPoP good', 'dpop  good', 'DPoP x'])(
    'refuses the authorization %j, which promises a proof that it does not check',
    async (authorization) => {
      const response = await get('/orders/mine', authorization);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="evergreen"');
      expect(await response.json()).toMatchObject({
        code: 'proof_invalid',
        clear_credentials: false,
      });
    },
  );

  it('takes no token from the query', async () => {
    const response = await get('/orders/mine?access_token=good');
    expect(await response.json()).toMatchObject({ code: 'token_missing' });
  });
});

async function startExpress(): Promise<Service> {
  const app = express();
  app.get('/status', (_, response) => void response.json({ isUp: true }));
  const orders = express.Router();
  orders.use(requireAccessToken(verifier));
  orders.get('/mine', ({ auth }, response) => {
    response.json({ user: auth?.userId, session: auth?.sessionId });
  });
  app.use('/orders', orders);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}

async function startFastify(): Promise<Service> {
  const app = fastify({ forceCloseConnections: true });
  await app.register(accessTokens, { verifier });
  app.get('/status', { config: { public: true } }, () => ({ isUp: true }));
  app.get('/orders/mine', ({ auth }) => ({ user: auth?.userId, session: auth?.sessionId }));
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
}

@Controller()
class Orders {
  @Get('orders/mine')
  mine(@CurrentUser() user: CallingUser, @CurrentSession() session: CallingSession): object {
    return { user: user.id, session: session.id };
  }

  @Public()
  @Get('status')
  status(): object {
    return { isUp: true };
  }
}

@Module({
  controllers: [Orders],
  providers: [{ provide: APP_GUARD, useValue: new AccessTokenGuard(verifier) }],
})
class OrdersModule {}

async function startNest(adapter: ExpressAdapter | FastifyAdapter): Promise<Service> {
  const app: INestApplication = await NestFactory.create(OrdersModule, adapter, {
    logger: false,
    forceCloseConnections: true,
  });
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}
