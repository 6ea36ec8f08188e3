import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { Controller, Get, Module } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { NIL } from 'uuid';
import { ERRORS } from '../../src/platform/errors/index.js';
import { call } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { describeOfWholeServer, MOUNTED_ON } from '../support/mounted.js';
import { codesOf, routesOf, type Schema } from '../support/openapi.js';

@Controller('orders')
class OrdersController {
  @Get()
  list(): [] {
    return [];
  }
}

@Module({ controllers: [OrdersController] })
class Orders {}

describeOfWholeServer('the documentation of the whole server', () => {
  let app: TestApp;
  let document: OpenAPIObject;

  beforeAll(async () => {
    app = await startApp();
    document = (await call<OpenAPIObject>('GET', `${app.url}/openapi.json`)).body;
  });
  afterAll(() => app.close());

  it('lists every route', () => {
    expect(
      routesOf(document)
        .map(({ route }) => route)
        .sort(),
    ).toMatchInlineSnapshot(`
      [
        "DELETE /api/auth/identities/{id}",
        "DELETE /api/sessions/{id}",
        "GET /.well-known/jwks.json",
        "GET /api/auth/events",
        "GET /api/auth/identities",
        "GET /api/auth/me",
        "GET /api/auth/test-token-expiration",
        "GET /api/auth/verify",
        "GET /api/auth/with/{name}",
        "GET /api/auth/with/{name}/callback",
        "GET /api/sessions",
        "GET /api/users/me",
        "GET /api/users/me/export",
        "GET /health/live",
        "GET /health/ready",
        "PATCH /api/users/me",
        "POST /api/auth/change-email",
        "POST /api/auth/change-password",
        "POST /api/auth/delete-account",
        "POST /api/auth/forgot-password",
        "POST /api/auth/identities",
        "POST /api/auth/login",
        "POST /api/auth/logout",
        "POST /api/auth/logout-all",
        "POST /api/auth/reauthenticate",
        "POST /api/auth/refresh",
        "POST /api/auth/register",
        "POST /api/auth/reset-password",
        "POST /api/auth/send-verification",
        "POST /api/auth/undo-email-change",
        "POST /api/auth/verify-email",
      ]
    `);
  });

  it('says of every route under /api what it does and how it fails, with an example of each code', () => {
    for (const { route, operation } of routesOf(document).filter(({ route: name }) =>
      name.includes('/api/'),
    )) {
      expect({ route, summary: operation.summary }).toEqual({
        route,
        summary: expect.stringMatching(/./) as string,
      });
      const problems = Object.entries(operation.responses).flatMap(([status, { content }]) =>
        Object.entries(content?.['application/problem+json']?.examples ?? {}).map(
          ([code, { value }]) => ({ status: Number(status), code, value }),
        ),
      );
      expect({ route, count: problems.length }).not.toEqual({ route, count: 0 });
      for (const { status, code, value } of problems) {
        expect(value).toMatchObject({ code, status });
        // A sign-in has no token, so a client that must prove a key is told by another status.
        const isSignIn = code === 'proof_required' && status === 400;
        if (!isSignIn) expect(ERRORS).toMatchObject({ [code]: { status } });
      }
    }
  });

  describe('knows each answer to bad input,', () => {
    /** Of nobody, but for the routes of operators. */
    const token = 'nonsense';
    const longUrl = '?' + 'x'.repeat(5000);
    const json = { 'content-type': 'application/json' };
    /** What any route is sent, those that take a body and those that do not. */
    const badInputs: Readonly<Record<string, { query?: string; init?: RequestInit }>> = {
      'no token': {},
      'a token': { init: { headers: { authorization: `Bearer ${token}` } } },
      'two tokens': { init: { headers: { authorization: `Bearer ${token}, Bearer ${token}` } } },
      'a query that is none of its own': { query: '?nothing=1' },
      'a URL of 5,000 characters': { query: longUrl },
      'headers of 20 kB': { init: { headers: { 'x-large': 'x'.repeat(20_000) } } },
      'broken JSON': { init: { body: '{', headers: json } },
      'a field that it does not know': { init: { body: '{"nothing":1}', headers: json } },
      'a form': {
        init: { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      },
      '150 kB': { init: { body: JSON.stringify('x'.repeat(150_000)), headers: json } },
    };

    let withAdmin: TestApp;
    let ofAll: OpenAPIObject;

    beforeAll(async () => {
      const env = { ADMIN_TOKEN: token, SERVICE_TOKENS: 'orders:other' };
      withAdmin = await startApp({ beside: app, env });
      ofAll = (await call<OpenAPIObject>('GET', `${withAdmin.url}/openapi.json`)).body;
    });
    afterAll(() => withAdmin.close());

    it.each(Object.entries(badInputs))('%s', async (_what, { query = '', init }) => {
      for (const { route, operation } of routesOf(ofAll)) {
        const [method = '', path = ''] = route.split(' ');
        if (init?.body && method === 'GET') continue;
        const url = withAdmin.url + path.replaceAll(/\{\w+\}/g, NIL) + query;
        const response = await fetch(url, { ...init, method });
        const text = await response.text();
        if (response.status < 300) continue;
        const { code } = JSON.parse(text) as { code: string };
        expect({ route, documented: codesOf(operation) }).toEqual({
          route,
          documented: expect.arrayContaining([code]) as unknown,
        });
      }
    });

    it('a request that is too slow, and a fault of our own, of every route', () => {
      for (const { route, operation } of routesOf(ofAll))
        expect({ route, documented: codesOf(operation) }).toEqual({
          route,
          documented: expect.arrayContaining(['request_timeout', 'internal_error']) as unknown,
        });
    });
  });

  it('knows each member of what GET /health/ready answers', async () => {
    const { body } = await call('GET', `${app.url}/health/ready`);
    const content = document.paths['/health/ready']?.get?.responses['200'] as {
      content: Record<string, { schema: Schema }>;
    };
    const { properties = {} } = content.content['application/json']?.schema ?? {};
    expect(Object.keys(properties).sort()).toEqual(Object.keys(body).sort());
    expect(document.components?.schemas?.RevocationFeedState).toMatchObject({
      enum: expect.arrayContaining(['live']) as unknown,
    });
  });

  it('gives an example or an enumeration for every field', () => {
    for (const [name, { properties = {} }] of Object.entries(
      (document.components?.schemas ?? {}) as Record<string, Schema>,
    )) {
      for (const [field, schema] of Object.entries(properties)) {
        const isShown =
          'example' in schema ||
          'enum' in schema ||
          '$ref' in schema ||
          'allOf' in schema ||
          'items' in schema ||
          'anyOf' in schema;
        expect({ field: `${name}.${field}`, isShown }).toEqual({
          field: `${name}.${field}`,
          isShown: true,
        });
      }
    }
  });

  it('orders groups and routes: Auth first, operations last, and a team’s own in front of these', async () => {
    const env = { ADMIN_TOKEN: 'x', SERVICE_TOKENS: 'orders:y' };
    const withMore = await startApp({ beside: app, env, modules: [Orders] });
    const { body } = await call<OpenAPIObject>('GET', `${withMore.url}/openapi.json`);
    await withMore.close();
    const groups = ['Auth', 'Sessions', 'Users', 'Admin', 'Other services', 'Orders', 'Operations'];
    expect(body.tags?.map(({ name }) => name)).toEqual(groups);
    const ofRoutes = routesOf(body).map(({ operation }) => operation.tags?.[0]);
    expect(ofRoutes.filter((tag, place) => tag !== ofRoutes[place - 1])).toEqual(groups);
  });

  it('can be read at /docs', async () => {
    const page = await call('GET', `${app.url}/docs`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Evergreen API');
  });

  it('is read under a policy that lets nothing in from elsewhere, and no style or script inline', async () => {
    for (const time of ['first', 'from the cache']) {
      const policy = (await fetch(`${app.url}/docs`)).headers.get('content-security-policy') ?? '';
      expect({ time, policy }).toEqual({
        time,
        policy: expect.stringMatching(/default-src 'none'.*script-src 'self'.*style-src 'self'$/),
      });
      expect(policy).not.toMatch(/unsafe|https?:/);
    }
  });

  it('has its files kept by browsers, and itself not', async () => {
    const { headers } = await fetch(`${app.url}/docs`);
    expect(headers.get('cache-control')).toBe('no-store');
    for (const path of await filesOfPage(app.url))
      for (const _time of ['first', 'from the cache'])
        expect((await fetch(app.url + path)).headers.get('cache-control')).toMatch(/immutable/);
  });

  it.each(['/docs/', '/docs/?a=1'])('sends %s to the page', async (path) => {
    const response = await fetch(app.url + path, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '../docs']);
  });

  it('says where the routes are, where a proxy has put them below a path', async () => {
    const PUBLIC_URL = 'https://example.com/backend,https://auth.example.com';
    const proxied = await startApp({ beside: app, env: { PUBLIC_URL } });
    const { body } = await call<OpenAPIObject>('GET', `${proxied.url}/openapi.json`);
    await proxied.close();
    expect(body.servers?.map(({ url }) => url)).toEqual(PUBLIC_URL.split(','));
  });

  it.each([
    ['/openapi.json', 'application/json'],
    ['/docs', 'text/html'],
    ['script', 'application/javascript'],
    ['stylesheet', 'text/css'],
    ['icon', 'image/svg+xml'],
  ])(
    'serves %s as %s, compressed to whoever takes that, and the same without',
    async (what, type) => {
      const extension = { script: '.js', stylesheet: '.css', icon: '.svg' }[what] ?? '';
      const files = await filesOfPage(app.url);
      const path = what.startsWith('/') ? what : files.find((file) => file.endsWith(extension));
      const responseTo = async (encoding: string, method = 'GET') => {
        const response = await fetch(app.url + path, {
          method,
          headers: { 'accept-encoding': encoding },
        });
        return { headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
      };
      const [compressed, plain] = [
        await responseTo('br, gzip;q=0.8'),
        await responseTo('gzip;q=0, br'),
      ];
      expect(compressed.headers.get('content-encoding')).toBe('gzip');
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(plain.bytes.length).toBeGreaterThan(100);
      expect(compressed.bytes.equals(plain.bytes)).toBe(true);
      for (const { headers } of [compressed, plain]) {
        expect(headers.get('content-type')).toContain(type);
        expect(headers.get('vary')).toMatch(/Accept-Encoding/);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
      }
      const { headers, bytes } = await responseTo('gzip', 'HEAD');
      expect([headers.get('content-length'), bytes.length]).toEqual([
        compressed.headers.get('content-length'),
        0,
      ]);
    },
  );

  it.each([
    '/docs/swagger-ui-bundle.js.map',
    '/docs/package.json',
    '/docs/%73wagger-ui.css',
    '/docs/./swagger-ui.css',
    '/docs/../package.json',
  ])('has nothing else below /docs, such as %s', async (path) => {
    expect(await statusOf(app.url, path)).toBe(404);
  });

  it.each(['/docs-yaml', '/docs-json', '/docs/openapi.yaml'])(
    'is not served at %s, which nobody has been told of',
    async (path) => {
      expect((await call('GET', app.url + path)).status).toBe(404);
    },
  );

  it('has every file that its page asks for', async () => {
    const files = await filesOfPage(app.url);
    expect(files.length).toBeGreaterThan(4);
    for (const path of files)
      expect([path, (await call('GET', app.url + path)).status]).toEqual([path, 200]);
  });

  it.each([
    'package.json',
    '%70ackage.json',
    'README.md',
    'NOTICE',
    'LICENSE',
    'index.js',
    'swagger-ui.js',
    'swagger-ui-bundle.js.map',
    'swagger-initializer.js',
    'oauth2-redirect.html',
    'log.es-bundle-sizes.swagger-ui.txt',
    '/package.json',
    'x/../package.json',
  ])('has no file /docs/%s, of which no browser has need', async (file) => {
    expect((await call('GET', `${app.url}/docs/${file}`)).body).toMatchObject({
      status: 404,
      code: 'not_found',
    });
    expect((await call('HEAD', `${app.url}/docs/${file}`)).status).toBe(404);
  });

  it('publishes a key set, empty while keys are shared secrets', async () => {
    expect((await call('GET', `${app.url}/.well-known/jwks.json`)).body).toEqual({ keys: [] });
  });

  it('and metrics in the text format of Prometheus', async () => {
    const metrics = await call('GET', `${app.url}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(metrics.text).toContain('process_cpu_user_seconds_total');
  });
});

describe('GET /docs', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await startApp()));
  afterAll(() => app.close());

  it('is a page with its files, on each adapter', async () => {
    const page = await fetch(`${app.url}/docs`);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    const files = await filesOfPage(app.url);
    expect(files.length).toBeGreaterThan(4);
    for (const path of files) {
      const { status, headers } = await fetch(app.url + path);
      expect([path, status, headers.get('content-type')]).toEqual([path, 200, expect.any(String)]);
    }
  });

  it('is one page with a slash and without', async () => {
    const response = await fetch(`${app.url}/docs/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '../docs']);
  });

  it('knows of a console where the whole server is ours', async () => {
    const { text } = await call('GET', `${app.url}/docs`);
    expect(text).toContain(`data-console="${MOUNTED_ON ? '' : 'here'}"`);
  });
});

/** The paths of what the page loads. */
async function filesOfPage(url: string): Promise<string[]> {
  const { text } = await call('GET', `${url}/docs`);
  return [...text.matchAll(/(?:href|src)="\.(\/docs\/[^"]+)"/g)].map(([, path = '']) => path);
}

/** The status of a path that is sent unchanged; `fetch` would normalise it. */
async function statusOf(url: string, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  const [response] = (await once(get({ hostname, port, path }), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
