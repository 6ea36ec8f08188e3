import '@angular/compiler';
import { HttpClient, provideHttpClient, withFetch, withInterceptors } from '@angular/common/http';
import {
  createEnvironmentInjector,
  type EnvironmentInjector,
  Injector,
  provideZonelessChangeDetection,
  runInInjectionContext,
  ɵINJECTOR_SCOPE,
} from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { AUTH_CLIENT, authInterceptor, injectSession } from './angular.js';
import { CREDENTIALS, outcomes, useWorld } from './support.js';

describe('a client in Angular', () => {
  const world = useWorld();
  const { fetch } = globalThis;
  let injector: EnvironmentInjector;

  beforeEach(() => {
    // HttpClient asks for it with every request.
    globalThis.fetch = world.server.fetch;
    injector = createEnvironmentInjector(
      [
        // As that of an application, which needs a page; and without one there is no other way.
        { provide: ɵINJECTOR_SCOPE, useValue: 'root' },
        provideZonelessChangeDetection(),
        provideHttpClient(withFetch(), withInterceptors([authInterceptor])),
        { provide: AUTH_CLIENT, useValue: world.client },
      ],
      Injector.NULL as EnvironmentInjector,
    );
  });
  afterEach(() => {
    injector.destroy();
    globalThis.fetch = fetch;
  });

  const post = async (body: object) => {
    const url = `${world.server.url}/api/orders`;
    return firstValueFrom(injector.get(HttpClient).post(url, body));
  };

  it('sends a POST of HttpClient once more whose token has expired', async () => {
    world.server.handle('POST /api/orders', async (request) => ({ ordered: await request.json() }));
    await world.signInAndExpire();
    expect(await post({ what: 'tea' })).toEqual({ ordered: { what: 'tea' } });
    expect(outcomes(world)).toEqual(['rotated']);
  });

  it('lets the client take a renewed token', async () => {
    const { client, clock, server } = world;
    server.handle('POST /api/orders', () => ({}));
    await client.login(CREDENTIALS);
    const before = await client.getAccessToken();
    // Its end is nearer than five minutes, and so is the moment of a refresh, by a few seconds.
    server.faults.each(({ url }) => (url.endsWith('/refresh') ? 503 : undefined));
    await clock.advance(26 * 60_000);
    await post({});
    expect(await client.getAccessToken()).not.toBe(before);
    expect(server.refreshes).toEqual([]);
  });

  it('rejects as HttpClient does where the session is over, which the client learns', async () => {
    const { client, server } = world;
    await client.login(CREDENTIALS);
    server.sessions.forEach(({ id }) => server.endSession(id));
    await expect(post({})).rejects.toMatchObject({
      name: 'HttpErrorResponse',
      error: { code: 'session_revoked' },
    });
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'revoked' });
  });

  it('shows the session as a signal until its injector is gone', async () => {
    const { client } = world;
    const scope = createEnvironmentInjector([], injector);
    const session = runInInjectionContext(scope, injectSession);
    await client.login(CREDENTIALS);
    expect(session()).toMatchObject({
      status: 'authenticated',
      user: { email: CREDENTIALS.email },
    });
    scope.destroy();
    await client.logout();
    expect(session()).toMatchObject({ status: 'authenticated' });
  });
});
