import { openApiWith } from './openapi-fetch.js';
import { outcomes, useWorld } from './support.js';

/** As openapi-typescript writes them. */
interface Paths {
  '/api/orders': {
    post: {
      requestBody: { content: { 'application/json': { what: string } } };
      responses: {
        200: { content: { 'application/json': { ordered: string } } };
        401: { content: { 'application/problem+json': { code: string } } };
      };
    };
  };
}

describe('openApiWith', () => {
  const world = useWorld();

  it('sends a POST once more whose token has expired', async () => {
    const { server, client } = world;
    server.handle('POST /api/orders', async (request) => ({
      ordered: (await request.json()).what,
    }));
    const api = openApiWith<Paths>(client, server.url);
    await world.signInAndExpire();
    const { data } = await api.POST('/api/orders', { body: { what: 'tea' } });
    expect(data?.ordered).toBe('tea');
    expect(outcomes(world)).toEqual(['rotated']);
  });

  it('gives the problem where nobody is signed in', async () => {
    const api = openApiWith<Paths>(world.client, world.server.url);
    const { error } = await api.POST('/api/orders', { body: { what: 'tea' } });
    expect(error).toMatchObject({ code: 'token_missing' });
  });
});
