import { Agent, request } from 'node:http';
import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { Api, call, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

const REQUESTS_PER_ROUTE = 2000;
const AT_ONCE = 50;

interface Hostile {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer | undefined;
}

describe('thousands of hostile requests', () => {
  let app: TestApp;
  let agent: Agent;
  let tokens: string[];

  beforeAll(async () => {
    app = await startApp();
    agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const signedIn = await new Api(app.url).register();
    tokens = [signedIn.access_token, refreshTokenOf(signedIn)];
  });
  afterAll(async () => {
    agent.destroy();
    await app.close();
  });

  const field = fc.constantFrom(
    'email',
    'password',
    'refresh_token',
    'remember_me',
    'transport',
    'first_name',
    'last_name',
    'new_password',
    'current_password',
    '__proto__',
  );
  const value = fc.oneof(
    fc.json().map((text) => JSON.parse(text) as unknown),
    fc.string({ unit: 'binary' }),
    fc.emailAddress(),
    fc.constantFrom('\0', '\ud800', 'x'.repeat(2000), -1e308, null),
  );
  const body = fc.oneof(
    fc.dictionary(field, value).map((object) => JSON.stringify(object)),
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('[' + '['.repeat(20_000), '{"a":'.repeat(9000), '', undefined),
  );
  /** What Node lets a client send: visible characters, and bytes above ASCII. */
  const headerValue = fc.oneof(
    fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
    fc.uint8Array({ maxLength: 60 }).map((bytes) =>
      Buffer.from(bytes)
        .toString('latin1')
        .replace(/[\0-\x1f\x7f]/g, '?'),
    ),
  );
  const credential = fc.oneof(
    headerValue,
    headerValue.map((text) => `Bearer ${text}`),
    fc
      .nat(1)
      .chain((index) =>
        fc.constantFrom('', '=', '.', 'A', ' x').map((tail) => `Bearer ${tokens[index]}${tail}`),
      ),
    fc
      .tuple(fc.json(), fc.json())
      .map(
        (parts) =>
          `Bearer ${[...parts, 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.')}`,
      ),
  );
  const headers = fc.record(
    {
      authorization: credential,
      cookie: headerValue.map((text) => `evergreen_refresh_token=${text}`),
      'content-type': fc.oneof(fc.constant('application/json'), headerValue),
      'user-agent': headerValue,
      'x-device-id': headerValue,
      'x-request-id': headerValue,
      'x-forwarded-for': headerValue,
      origin: headerValue,
      accept: headerValue,
    },
    { requiredKeys: [] },
  );
  const suffix = fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: fc
        .string({ unit: 'grapheme-ascii', maxLength: 80 })
        .map((text) => encodeURI(text.replace(/[\ud800-\udfff]/g, ''))),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '/',
        '//',
        '%00',
        '%ff',
        '%',
        '?a=%',
        '?limit=-1&cursor=%00',
        '/../..',
        ';x',
      ),
    },
  );

  async function send(
    method: string,
    { path, headers: wanted, body: bytes }: Hostile,
  ): Promise<number> {
    return new Promise((resolve) => {
      const { hostname, port } = new URL(app.url);
      const sent = request(
        {
          hostname,
          port,
          agent,
          method,
          path,
          headers: {
            ...wanted,
            ...(bytes !== undefined && { 'content-length': Buffer.byteLength(bytes) }),
          },
        },
        (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode ?? 0));
        },
      );
      // A server may close a connection on what is no HTTP; that is an answer, too.
      sent.on('error', () => resolve(0));
      sent.end(bytes);
    });
  }

  it(`answer no route with 5xx, ${REQUESTS_PER_ROUTE} each, and leave the server healthy`, async () => {
    const { body: document } = await call<OpenAPIObject>('GET', `${app.url}/openapi.json`);
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
    );
    expect(routes.length).toBeGreaterThan(12);
    const statuses = new Map<number, number>();

    for (const [method, template] of routes) {
      const path = template.replace(/\{.*\}/, '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10');
      const hostile = fc.record({
        path: suffix.map((text) => (path + text).replaceAll(' ', '%20')),
        headers,
        body: method === 'GET' ? fc.constant(undefined) : body,
      });
      const requests = fc.sample(hostile, REQUESTS_PER_ROUTE);
      for (let at = 0; at < requests.length; at += AT_ONCE) {
        const batch = requests.slice(at, at + AT_ONCE);
        const responses = await Promise.all(batch.map((one) => send(method, one)));
        responses.forEach((status, index) => {
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status >= 500)
            throw new Error(
              `${status} for ${method} ${JSON.stringify({ ...batch[index], body: String(batch[index]?.body) })}`,
            );
        });
      }
    }
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([400, 401, 404, 415, 422]));
    expect((await call('GET', `${app.url}/health/ready`)).status).toBe(200);
    expect((await new Api(app.url).register()).token_type).toBe('bearer');
  }, 300_000);
});
