import { randomUUID } from 'node:crypto';
import { settle } from './support/test-clock.js';
import { World } from './support/world.js';

describe('createVerifier', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.start();
  });

  afterEach(() => world.close());

  it('judges a token from memory, without asking the server', async () => {
    const verifier = await world.liveVerifier();
    expect(verifier.state).toBe('live');
    const [sub, sid] = [randomUUID(), randomUUID()];
    const token = world.token({ sub, sid, roles: ['admin'], tenant: 'acme' });
    const verdict = await verifier.verify(token);
    expect(verdict).toMatchObject({
      kind: 'good',
      userId: sub,
      sessionId: sid,
      roles: ['admin'],
      claims: { tenant: 'acme' },
    });
    expect(await verifier.verify(token)).toBe(verdict);
    expect(world.server.requests['/api/auth/verify']).toBeUndefined();
  });

  it('refuses a token as soon as the feed says that its session has ended', async () => {
    const verifier = await world.liveVerifier();
    const sid = randomUUID();
    const token = world.token({ sid });
    expect((await verifier.verify(token)).kind).toBe('good');
    world.server.revoke(sid);
    await settle();
    expect((await verifier.verify(token)).kind).toBe('ended');
  });

  it('refuses a token of a session that ended before it was started', async () => {
    const sid = randomUUID();
    world.server.revoke(sid);
    const verifier = await world.liveVerifier();
    expect((await verifier.verify(world.token({ sid }))).kind).toBe('ended');
  });
});
