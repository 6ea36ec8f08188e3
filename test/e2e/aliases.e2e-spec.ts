import type { OpenAPIObject } from '@nestjs/swagger';
import { ownPaths } from '../../src/app.paths.js';
import { call, newEmail, PASSWORD } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { ofWholeServer } from '../support/mounted.js';
import type { TokenResponse } from '../../src/auth/auth.dto.js';

describe('aliases of paths', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it.each([
    ['the canonical paths', '/api/auth', '/api/users/me'],
    ['version 1', '/api/v1/auth', '/api/v1/users/me'],
    ['no prefix', '/auth', '/users/me'],
    ['the short names', '/api', '/api/me'],
  ])('a whole life by %s', async (_name, auth, me) => {
    const post = (route: string, options: object) =>
      call<TokenResponse>('POST', `${app.url}${auth}/${route}`, options);
    const email = newEmail();
    expect((await post('register', { body: { email, password: PASSWORD } })).status).toBe(201);
    const { body } = await post('login', { body: { email, password: PASSWORD } });
    const refreshed = await post('refresh?x=1', { token: body.refresh_token });
    expect(
      (await call('GET', app.url + me, { token: refreshed.body.access_token })).body,
    ).toMatchObject({ email });
    expect((await post('logout', { token: body.refresh_token })).status).toBe(204);
    expect(
      (await call('GET', app.url + me, { token: refreshed.body.access_token })).body,
    ).toMatchObject({
      code: 'session_revoked',
      instance: me,
    });
  });

  ofWholeServer('are known for every route in another application, too', async () => {
    const { body } = await call<OpenAPIObject>('GET', `${app.url}/openapi.json`);
    const routes = Object.keys(body.paths)
      .filter((path) => /^\/api\/(auth|sessions|users)/.test(path))
      .map((path) => path.replace('{id}', '01981f3e'));
    expect(routes.length).toBeGreaterThan(10);
    const paths = ownPaths({ aliases: true });
    for (const route of routes) {
      expect(paths.canonicalUrl(route.replace('/api', ''), false)).toBe(route);
      expect(paths.canonicalUrl(route.replace('/api', '/api/v1'), false)).toBe(route);
      expect(paths.isOwn(route)).toBe(true);
    }
  });
});
