import { signWithSecret, claimsAt } from './support/tokens.js';
import { World } from './support/world.js';

describe('verify, for a token that is signed with a shared secret', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.start();
  });

  afterEach(() => world.close());

  it('asks the server, and warns of it once', async () => {
    const verifier = await world.liveVerifier();
    const claims = claimsAt(world.clock.nowMs(), { roles: ['admin'] });
    const [user, session_id] = [{ id: claims.sub }, claims.sid];
    world.server.verify = () => ({ status: 200, body: { valid: true, user, session_id } });
    const token = signWithSecret(claims);
    for (let times = 0; times < 2; times += 1)
      expect(await verifier.verify(token)).toMatchObject({ kind: 'good', roles: ['admin'] });
    expect(world.server.requests['/api/auth/verify']).toBe(2);
    expect(world.log.filter((line) => line.includes('HS256'))).toHaveLength(1);
  });

  it('asks nobody about a token whose claims are not those of an access token for us', async () => {
    const verifier = await world.liveVerifier();
    const nowMs = world.clock.nowMs();
    const token = signWithSecret(claimsAt(nowMs, { aud: 'another-api' }));
    expect((await verifier.verify(token)).kind).toBe('invalid');
    const expired = signWithSecret(claimsAt(nowMs - 3_600_000));
    expect((await verifier.verify(expired)).kind).toBe('expired');
    expect(world.server.requests['/api/auth/verify']).toBeUndefined();
  });
});
