import { ofetchWith } from './ofetch.js';
import { outcomes, useWorld } from './support.js';

describe('ofetchWith', () => {
  const world = useWorld();

  it('sends a POST once more whose token has expired', async () => {
    const { server, client } = world;
    server.handle('POST /api/orders', async (request) => ({ ordered: await request.json() }));
    const api = ofetchWith(client, server.url);
    await world.signInAndExpire();
    const body = { what: 'tea' };
    expect(await api('/api/orders', { method: 'POST', body })).toEqual({ ordered: body });
    expect(outcomes(world)).toEqual(['rotated']);
  });

  it('rejects as ofetch does where nobody is signed in', async () => {
    const api = ofetchWith(world.client, world.server.url);
    await expect(api('/api/users/me')).rejects.toMatchObject({
      status: 401,
      data: { code: 'token_missing' },
    });
  });
});
