import { call, newEmail, PASSWORD } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
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
});
