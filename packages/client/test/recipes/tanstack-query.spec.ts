import { AuthError } from '@evergreen-auth/client';
import { CREDENTIALS, outcomes, useWorld } from './support.js';
import { queryClientWith } from './tanstack-query.js';

describe('queryClientWith', () => {
  const world = useWorld();
  const me = () => ({
    queryKey: ['me'],
    queryFn: async () => (await world.client.fetch('/api/users/me')).json() as Promise<unknown>,
  });

  it('answers queries by a new token where the old one has expired', async () => {
    const queries = queryClientWith(world.client);
    await world.signInAndExpire();
    expect(await queries.query({ ...me(), retry: false })).toMatchObject({
      email: CREDENTIALS.email,
    });
    expect(outcomes(world)).toEqual(['rotated']);
  });

  it.each([
    ['an AuthError that passes', new AuthError('network'), [true, true, true, false]],
    ['an AuthError about the user', new AuthError('auth', 'session_revoked'), [false]],
    ['anything else', new Error('500'), [true, true, true, false]],
  ])('tries again, or not: %s', (_what, error, expected) => {
    const { retry } = queryClientWith(world.client).getDefaultOptions().queries!;
    const mayRetry = retry as (failures: number, failure: Error) => boolean;
    expect(expected.map((_may, failures) => mayRetry(failures, error))).toEqual(expected);
  });

  it('waits for as long as the server asks', () => {
    const { retryDelay } = queryClientWith(world.client).getDefaultOptions().queries!;
    const pauseMs = retryDelay as (failures: number, failure: Error) => number;
    expect(pauseMs(0, new AuthError('throttled', 'rate_limited', { retryAfterSeconds: 7 }))).toBe(
      7000,
    );
    expect(pauseMs(1, new AuthError('network'))).toBe(2000);
  });

  it.each(['sign-out', 'end of the session'])('forgets what it has at the %s', async (what) => {
    const { client, server } = world;
    const queries = queryClientWith(client);
    await client.login(CREDENTIALS);
    await queries.query(me());
    expect(queries.getQueryData(['me'])).toBeDefined();
    if (what === 'sign-out') await client.logout();
    else {
      server.sessions.forEach(({ id }) => server.endSession(id));
      await client.fetch('/api/users/me');
    }
    expect(queries.getQueryData(['me'])).toBeUndefined();
  });
});
