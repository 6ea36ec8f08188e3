import { connect } from 'node:net';
import { Api, call, PASSWORD, type CallOptions } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { MOUNTED_ON, ofWholeServer } from '../support/mounted.js';

/** Every route that takes an object. */
const WITH_BODY = [
  ['POST', '/api/auth/register'],
  ['POST', '/api/auth/login'],
  ['POST', '/api/auth/refresh'],
  ['POST', '/api/auth/change-password'],
  ['PATCH', '/api/users/me'],
  ['POST', '/api/auth/logout'],
] as const;

describe('what is answered to bad input', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  const login = (options: CallOptions) => call('POST', `${app.url}/api/auth/login`, options);

  it('is a problem document (RFC 9457) that tells what to do', async () => {
    const { headers, body } = await call('GET', `${app.url}/api/users/me?secret=x`, {
      headers: { 'x-request-id': 'my-request-1' },
    });
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(headers.get('x-request-id')).toBe('my-request-1');
    expect(body).toEqual({
      type: 'urn:evergreen:problem:token_missing',
      title: 'Token missing',
      status: 401,
      detail: expect.any(String) as string,
      instance: '/api/users/me',
      code: 'token_missing',
      request_id: 'my-request-1',
      retryable: false,
      clear_credentials: false,
    });
  });

  it('challenges with every 401 (RFC 6750)', async () => {
    const challengeOf = async (token?: string) =>
      (await call('GET', `${app.url}/api/users/me`, { token })).headers.get('www-authenticate');
    expect(await challengeOf()).toBe('Bearer realm="evergreen"');
    expect(await challengeOf('nonsense')).toMatch(
      /^Bearer realm="evergreen", error="invalid_token"/,
    );
  });

  it.each([
    ['broken JSON', '{"email": ', 400, 'malformed_json'],
    [
      'a key that reaches for the prototype',
      '{"__proto__": {"email": "a@b.co"}}',
      400,
      'malformed_json',
    ],
    ['a list', '[]', 422, 'validation_failed'],
    ['a number', '7', 422, 'validation_failed'],
    ['null', 'null', 422, 'validation_failed'],
    ['an empty body', '', 422, 'validation_failed'],
    ['fields of other types', '{"email": {"a": 1}, "password": [1]}', 422, 'validation_failed'],
    ['150 kB', JSON.stringify({ email: 'x'.repeat(150_000) }), 413, 'payload_too_large'],
  ])('names %s', async (_what, body, status, code) => {
    expect((await login({ body })).body).toMatchObject({ status, code });
  });

  it.each([
    ['31 levels', '['.repeat(30) + ']'.repeat(30), 422, 'validation_failed'],
    ['32 levels', '['.repeat(31) + ']'.repeat(31), 422, 'validation_failed'],
    ['33 levels', '['.repeat(32) + ']'.repeat(32), 400, 'malformed_json'],
    ['2,000 levels', '['.repeat(2000) + ']'.repeat(2000), 400, 'malformed_json'],
    ['1,000 members', JSON.stringify(Array(999).fill(0)), 422, 'validation_failed'],
    ['1,001 members', JSON.stringify(Array(1000).fill(0)), 400, 'malformed_json'],
  ])('is no 5xx for a body of %s, on any route that takes one', async (_what, x, status, code) => {
    const { access_token: token } = await new Api(app.url).register();
    for (const [method, path] of WITH_BODY) {
      const response = await call(method, app.url + path, { token, body: `{"x":${x}}` });
      expect({ path, status: response.status, code: response.body.code }).toEqual({
        path,
        status,
        code,
      });
    }
  });

  it.each(['null', '[]', '7', '"text"', 'true'])(
    'is validation_failed for the body %s, on any route that takes an object',
    async (body) => {
      const { access_token: token } = await new Api(app.url).register();
      for (const [method, path] of WITH_BODY) {
        const response = await call(method, app.url + path, { token, body });
        expect({ path, code: response.body.code }).toEqual({ path, code: 'validation_failed' });
      }
    },
  );

  it('names 20 fields at most, and of a long name the beginning', async () => {
    const names = Array.from({ length: 900 }, (_, at) => `${'x'.repeat(80)}${at}`);
    const unknown = Object.fromEntries([
      ['y'.repeat(20_000), 1],
      ...names.map((name) => [name, 1]),
    ]);
    const response = await login({ body: unknown });
    expect(response.body.code).toBe('validation_failed');
    expect(response.body.errors).toHaveLength(20);
    expect(response.text.length).toBeLessThan(10_000);
  });

  it('names bytes that are no UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"email": "a@b.co", "password": "'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]);
    const response = await fetch(`${app.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'malformed_json' },
    ]);
  });

  it('names a media type that is not JSON', async () => {
    const response = await login({
      body: 'email=a',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(response.body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('does without a body where a route needs none', async () => {
    const { access_token: token } = await new Api(app.url).register();
    const response = await call('POST', `${app.url}/api/auth/logout-all`, {
      token,
      headers: { 'content-type': 'application/json' },
    });
    expect(response.body).toEqual({ revoked: 1 });
  });

  it.each([
    '/nothing',
    '/api/auth/nothing',
    '/api',
    '/api/auth',
    '/api/v2/auth/login',
    '/auth',
    '/api/auth/login/',
  ])('knows no route %s', async (path) => {
    expect((await call('GET', app.url + path)).body).toMatchObject({
      status: 404,
      code: 'not_found',
      instance: path,
    });
  });

  it.each(['GET', 'PUT', 'DELETE'])('has no route for the method %s', async (method) => {
    expect((await call(method, `${app.url}/api/auth/login`)).body).toMatchObject({
      status: 404,
      code: 'not_found',
    });
  });

  it.each([
    '/api/%61uth/verify',
    '/api/auth/%76erify',
    '//api/auth/verify',
    '/api//auth/verify',
    '/API/auth/verify',
    '/api/auth/verify/',
    '/api/auth/verify;x',
    '/api/v1/../auth/verify',
  ])('opens no closed route to the path form %s', async (path) => {
    const { host, port } = { host: '127.0.0.1', port: Number(new URL(app.url).port) };
    const response = await raw(
      host,
      port,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(response).toMatch(/^HTTP\/1\.1 (401|404) /);
  });

  it.each([
    [
      'a URL that does not parse',
      'GET /api/auth/%ZZ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      // Express parses only the part that is a parameter of a route.
      MOUNTED_ON === 'express' ? 404 : 400,
      MOUNTED_ON === 'express' ? 'not_found' : 'malformed_request',
    ],
    [
      'a header that does not parse',
      'GET /health/live HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'headers of 20 kB',
      `GET /health/live HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\nConnection: close\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ...[
      ['two Host headers', 'GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b'],
      ['two equal Host headers', 'GET /health/live HTTP/1.1\r\nHost: a\r\nhost: a'],
      ['two Host headers in HTTP/1.0', 'GET /health/live HTTP/1.0\r\nHost: a\r\nHost: b'],
      ['a list of hosts', 'GET /health/live HTTP/1.1\r\nHost: a, b'],
      ['a host that is none', 'GET /health/live HTTP/1.1\r\nHost: a/b@c'],
      ['no Host header', 'GET /health/live HTTP/1.1\r\nAccept: */*'],
      ['HTTP/0.9', 'GET /health/live'],
      ['HTTP/0.9 by name', 'GET /health/live HTTP/0.9\r\nHost: x'],
      ['HTTP/1.2', 'GET /health/live HTTP/1.2\r\nHost: x'],
      ['HTTP/2.0 without its preface', 'GET /health/live HTTP/2.0\r\nHost: x'],
      ['HTTP/3.0', 'GET /health/live HTTP/3.0\r\nHost: x'],
    ].map(([what = '', head = '']): [string, string, number, string] => [
      what,
      `${head}\r\nConnection: close\r\n\r\n`,
      400,
      'malformed_request',
    ]),
  ])('has the same form for %s', async (_what, request, status, code) => {
    const response = await raw('127.0.0.1', Number(new URL(app.url).port), request);
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(response).toMatch(/content-type: application\/problem\+json/i);
    expect(problemIn(response)).toMatchObject({
      status,
      code,
      retryable: false,
      clear_credentials: false,
    });
  });

  it.each([
    ['HTTP/1.0 without a Host header', 'GET /health/live HTTP/1.0'],
    ['a host with a port', 'GET /health/live HTTP/1.1\r\nHost: example.com:8000'],
    ['a host by its IPv6 address', 'GET /health/live HTTP/1.1\r\nHost: [2001:db8::1]:8000'],
    ['a host in another script', 'GET /health/live HTTP/1.1\r\nHost: xn--bcher-kva.example'],
    ['an expectation that is none of ours', 'GET /health/live HTTP/1.1\r\nHost: x\r\nExpect: much'],
  ])('is none for %s', async (_what, head) => {
    const port = Number(new URL(app.url).port);
    const response = await raw('127.0.0.1', port, `${head}\r\nConnection: close\r\n\r\n`);
    expect(response).toMatch(/^HTTP\/1\.1 200 /);
  });

  ofWholeServer('has a limit for URLs', async () => {
    expect(
      (await call('GET', `${app.url}/api/auth/verify?${'x'.repeat(5000)}`)).body,
    ).toMatchObject({ status: 414, code: 'uri_too_long' });
    expect((await call('DELETE', `${app.url}/api/sessions/${'x'.repeat(200)}`)).body.status).toBe(
      414,
    );
  });

  ofWholeServer('tells browsers to be careful with every answer', async () => {
    for (const path of ['/health/live', '/nothing', '/api/users/me', '/docs']) {
      const { headers } = await call('GET', app.url + path);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
  });

  ofWholeServer.each([
    ['its headers', 'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Le'],
    [
      'its body',
      'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{',
    ],
  ])('cuts a client that sends %s byte by byte', async (_what, bytes) => {
    const begin = performance.now();
    const response = await raw('127.0.0.1', Number(new URL(app.url).port), bytes);
    expect(response).toMatch(/^HTTP\/1\.1 408 /);
    expect(problemIn(response)).toMatchObject({ code: 'request_timeout', retryable: true });
    expect(performance.now() - begin).toBeGreaterThan(5000);
  });

  it('takes one Authorization header, and none from the query string', async () => {
    const { access_token: token } = await new Api(app.url).register();
    const port = Number(new URL(app.url).port);
    const twice = `GET /api/users/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;
    expect(await raw('127.0.0.1', port, twice)).toContain('"code":"token_invalid"');
    expect((await call('GET', `${app.url}/api/users/me?access_token=${token}`)).body.code).toBe(
      'token_missing',
    );
  });

  it('is service_unavailable, never a 401, when the database is gone, and nothing is lost by it', async () => {
    const lonely = await startApp();
    const browser = new Api(lonely.url);
    const { access_token, refresh_token, email } = await browser.register();
    await lonely.database.drop();
    const responses = [
      await browser.me(access_token),
      await browser.refresh(refresh_token ?? ''),
      await browser.login(email),
      await browser.logout(access_token),
      await browser.call('POST', '/auth/register', {
        body: { email: 'other@example.com', password: PASSWORD },
      }),
      await call('GET', `${lonely.url}/health/ready`),
    ];
    for (const { body, headers } of responses) {
      expect(body).toMatchObject({
        status: 503,
        code: 'service_unavailable',
        retryable: true,
        clear_credentials: false,
      });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await call('GET', `${lonely.url}/health/live`)).status).toBe(200);
    await lonely.nest.close();
  });

  it('answers test-token-expiration like an expired token, but not in production', async () => {
    expect((await call('GET', `${app.url}/api/auth/test-token-expiration`)).body).toMatchObject({
      status: 401,
      code: 'token_expired',
    });
    const production = await startApp({ beside: app, env: { NODE_ENV: 'production' } });
    expect(
      (await call('GET', `${production.url}/api/auth/test-token-expiration`)).body,
    ).toMatchObject({ status: 404, code: 'not_found' });
    await production.close();
  });
});

/** The problem document of a raw response. */
function problemIn(response: string): unknown {
  const body = response.slice(response.indexOf('\r\n\r\n'));
  return JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1));
}

/** Sends bytes unchanged and reads until the server closes the connection. */
async function raw(host: string, port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let response = '';
    const socket = connect(port, host, () => socket.write(bytes));
    socket.on('data', (chunk) => (response += chunk.toString()));
    socket.on('end', () => resolve(response));
    socket.on('error', reject);
  });
}
