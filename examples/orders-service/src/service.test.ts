import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createVerifier, type Verifier } from '@evergreen-auth/resource';
import { SERVICE_TOKEN, startAuthServer, type AuthServer } from './auth-server.js';
import type { Order } from './orders.js';
import { createService } from './service.js';

/** A token response of the server. */
interface SignedIn {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly user: { readonly id: string };
}

interface Call {
  readonly token?: string;
  readonly body?: object;
}

/** What "at once" may take where other programs keep the machine busy; usually it is 20 ms. */
const AT_ONCE_MS = 2000;

let server: AuthServer;
let verifier: Verifier;
let service: Awaited<ReturnType<typeof createService>>;
let serviceUrl: string;

before(async () => {
  server = await startAuthServer();
  verifier = createVerifier({
    server: server.url,
    issuer: 'evergreen',
    audience: 'evergreen-api',
    serviceToken: SERVICE_TOKEN,
  });
  service = await createService(verifier);
  serviceUrl = await service.listen({ host: '127.0.0.1', port: 0 });
  assert.equal(await verifier.ready(), 'live');
});

after(async () => {
  await service.close();
  verifier.close();
});

async function call<Body = { readonly code: string }>(
  method: string,
  url: string,
  { token, body }: Call = {},
) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as Body,
  };
}

const orders = <Body = { readonly code: string }>(method: string, path: string, options: Call) =>
  call<Body>(method, `${serviceUrl}/orders${path}`, options);

const order = (token: string, item: string) =>
  orders<Order>('POST', '', { token, body: { item, quantity: 2 } });

async function signUp(): Promise<SignedIn> {
  const body = { email: `${randomUUID()}@example.com`, password: 'violet-Harbor-73-lantern' };
  return (await call<SignedIn>('POST', `${server.url}/api/auth/register`, { body })).body;
}

const logOut = (token: string) => call('POST', `${server.url}/api/auth/logout`, { token });

const refresh = async (token: string) =>
  (await call<SignedIn>('POST', `${server.url}/api/auth/refresh`, { token })).body.access_token;

/** How long the service goes on accepting a token, in milliseconds. */
async function acceptedFor(token: string): Promise<number> {
  const startedAt = performance.now();
  while ((await orders('GET', '', { token })).status === 200) {
    assert.ok(performance.now() - startedAt < 5000, 'The token is still accepted.');
    await pause(1);
  }
  return performance.now() - startedAt;
}

describe('/orders', () => {
  it('needs an access token', async () => {
    const refused = await orders('GET', '', {});
    assert.deepEqual([refused.status, refused.body.code], [401, 'token_missing']);
    const rubbish = await orders('GET', '', { token: 'a.b.c' });
    assert.deepEqual([rubbish.status, rubbish.body.code], [401, 'token_invalid']);
    assert.equal((await call('GET', `${serviceUrl}/status`)).status, 200);
  });

  it('creates and lists the orders of the caller, and of nobody else', async () => {
    const [owner, stranger] = [await signUp(), await signUp()];
    const created = await order(owner.access_token, 'tea');
    assert.equal(created.status, 201);
    assert.equal(created.body.owner_id, owner.user.id);
    const listed = await orders('GET', '', { token: owner.access_token });
    assert.deepEqual(listed.body, [created.body]);
    assert.deepEqual((await orders('GET', '', { token: stranger.access_token })).body, []);
  });

  it('refuses an order that is none', async () => {
    const { access_token: token } = await signUp();
    for (const body of [{}, { item: '', quantity: 1 }, { item: 'tea', quantity: 0 }])
      assert.equal((await orders('POST', '', { token, body })).status, 400);
  });

  it('refuses a token at once when its session has ended', async () => {
    const { access_token: token } = await signUp();
    assert.equal((await orders('GET', '', { token })).status, 200);
    assert.equal((await logOut(token)).status, 204);
    assert.ok((await acceptedFor(token)) < AT_ONCE_MS);
    const refused = await orders('GET', '', { token });
    assert.deepEqual([refused.status, refused.body.code], [401, 'session_revoked']);
    assert.match(String(refused.headers.get('www-authenticate')), /^Bearer .*invalid_token/);
  });
});

describe('/orders/all', () => {
  it('is for the role `admin`, which counts as soon as the client has refreshed', async () => {
    const { access_token: token, refresh_token: refreshToken, user } = await signUp();
    const forbidden = await orders('GET', '/all', { token });
    assert.deepEqual([forbidden.status, forbidden.body.code], [403, 'forbidden']);

    await server.setRoles(user.id, ['admin']);
    assert.ok((await acceptedFor(token)) < AT_ONCE_MS);
    assert.equal((await orders('GET', '', { token })).body.code, 'token_expired');
    const newer = await refresh(refreshToken);
    assert.equal((await orders('GET', '/all', { token: newer })).status, 200);
  });
});

describe('/orders/live', () => {
  /** Resolves once the stream is open. */
  async function open(token: string) {
    const response = await fetch(`${serviceUrl}/orders/live`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(response.status, 200);
    return response;
  }

  it('sends the new orders of the caller, and is closed when the session ends', async () => {
    const [owner, stranger] = [await signUp(), await signUp()];
    const stream = await open(owner.access_token);
    await order(stranger.access_token, 'coffee');
    await order(owner.access_token, 'tea');
    await logOut(owner.access_token);
    const startedAt = performance.now();
    const text = await stream.text();
    assert.ok(performance.now() - startedAt < AT_ONCE_MS);
    assert.match(text, /^event: order$/m);
    assert.match(text, /"item":"tea"/);
    assert.doesNotMatch(text, /coffee/);
  });
});

describe('without the server', () => {
  it('responds with 503, never with 401, until it is known again who has signed out', async () => {
    const { access_token: token } = await signUp();
    const stranger = await signUp();
    await server.stop();
    // For four seconds it is known that nobody has signed out.
    await acceptedFor(token);
    for (const { access_token } of [stranger, { access_token: token }]) {
      const unknown = await orders('GET', '', { token: access_token });
      assert.deepEqual([unknown.status, unknown.body.code], [503, 'service_unavailable']);
      assert.match(String(unknown.headers.get('retry-after')), /^\d+$/);
    }
  });
});
