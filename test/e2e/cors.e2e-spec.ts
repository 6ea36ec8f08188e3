import { call, newEmail, PASSWORD } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

const corsHeadersOf = (headers: Headers) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

const preflight = (app: TestApp, origin: string) =>
  fetch(`${app.url}/api/auth/login`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-requested-with',
    },
  });

describe('pages of other origins, on a fresh server in development', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it.each(['http://localhost:3000', 'http://127.0.0.1:5173', 'http://[::1]:4200'])(
    '%s signs up, and keeps its session in the cookie',
    async (origin) => {
      const asked = await preflight(app, origin);
      expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([
        204,
        origin,
      ]);
      const response = await call('POST', `${app.url}/api/auth/register`, {
        headers: { origin, 'x-requested-with': 'fetch' },
        body: { email: newEmail(), password: PASSWORD, transport: 'cookie' },
      });
      expect(response.status).toBe(201);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    },
  );

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example'])(
    '%s is refused, without any header of CORS',
    async (origin) => {
      const asked = await preflight(app, origin);
      expect([asked.status, corsHeadersOf(asked.headers)]).toEqual([404, []]);
      const response = await call('GET', `${app.url}/health/live`, { headers: { origin } });
      expect(corsHeadersOf(response.headers)).toEqual([]);
    },
  );
});

it('pages of the same machine are refused in production, unless they are listed', async () => {
  const listed = 'http://localhost:3000';
  const env = { NODE_ENV: 'production', CORS_ORIGINS: listed };
  const app = await startApp({ env });
  expect((await preflight(app, listed)).status).toBe(204);
  const other = await preflight(app, 'http://localhost:4000');
  expect([other.status, corsHeadersOf(other.headers)]).toEqual([404, []]);
  await app.close();
});
