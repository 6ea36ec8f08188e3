import { kyWith } from './ky.js';
import { outcomes, useWorld } from './support.js';

describe('kyWith', () => {
  const world = useWorld();

  it('sends a POST once more whose token has expired, and the application sees one answer', async () => {
    const { server, client } = world;
    const seen: string[] = [];
    server.handle('POST /api/orders', async (request) => ({ ordered: await request.json() }));
    const api = kyWith(client).extend({
      prefixUrl: server.url,
      hooks: { afterResponse: [(_request, _options, { status }) => void seen.push(`${status}`)] },
    });
    await world.signInAndExpire();
    const json = { what: 'tea' };
    expect(await api.post('api/orders', { json }).json()).toEqual({ ordered: json });
    expect(outcomes(world)).toEqual(['rotated']);
    expect(seen).toEqual(['200']);
  });

  it('rejects as ky does where nobody is signed in', async () => {
    const api = kyWith(world.client);
    await expect(api(`${world.server.url}/api/users/me`)).rejects.toMatchObject({
      name: 'HTTPError',
      response: { status: 401 },
    });
  });

  it("rejects with the client's error, which ky does not try again", async () => {
    const { server, client, clock } = world;
    await world.signInAndExpire();
    server.faults.each(({ url }) => (url.endsWith('/refresh') ? 503 : undefined));
    const answer = kyWith(client)(`${server.url}/api/users/me`, { timeout: false });
    const failure = answer.then(() => undefined).catch((error: unknown) => error);
    await clock.advance(15_000);
    expect(await failure).toMatchObject({ name: 'AuthError', retryable: true });
  });
});
