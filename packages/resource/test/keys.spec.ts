import { settle } from './support/test-clock.js';
import { claimsAt, SigningKey } from './support/tokens.js';
import { World } from './support/world.js';

const KEYS = '/.well-known/jwks.json';

describe('the public keys', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.start();
  });

  afterEach(() => world.close());

  const tokenOf = (key: SigningKey) => key.sign(claimsAt(world.clock.nowMs()));

  it('are read once for many tokens', async () => {
    const verifier = await world.liveVerifier();
    for (let times = 0; times < 10; times += 1) await verifier.verify(world.token());
    expect(world.server.requests[KEYS]).toBe(1);
  });

  it('are read again for a key that is not known, once for all that wait', async () => {
    const verifier = await world.liveVerifier();
    const added = new SigningKey();
    world.server.published.push(added.jwk);
    const verdicts = Promise.all(Array.from({ length: 20 }, () => verifier.verify(tokenOf(added))));
    await world.clock.advance(1000);
    expect((await verdicts).map(({ kind }) => kind)).toEqual(Array(20).fill('good'));
    expect(world.server.requests[KEYS]).toBe(2);
  });

  it('are read again by a request that begins after the token came', async () => {
    const verifier = await world.liveVerifier();
    await world.clock.advance(1000);
    const [early, added] = [new SigningKey(), new SigningKey()];
    // This reading has begun, and lacks the key that is added now.
    const first = verifier.verify(tokenOf(early));
    await settle();
    world.server.published.push(added.jwk);
    const second = verifier.verify(tokenOf(added));
    await world.clock.advance(1000);
    expect([(await first).kind, (await second).kind]).toEqual(['invalid', 'good']);
    expect(world.server.requests[KEYS]).toBe(3);
  });

  it('are read once a second, whatever a flood of strange keys asks for', async () => {
    const verifier = await world.liveVerifier();
    const strange = Array.from({ length: 100 }, (_, index) => `strange${index}`);
    const key = new SigningKey();
    const verdicts: Promise<{ kind: string }>[] = [];
    for (const kid of strange) {
      verdicts.push(verifier.verify(key.sign(claimsAt(world.clock.nowMs()), { kid })));
      await world.clock.advance(50);
      // Others are not held up by that.
      expect((await verifier.verify(world.token())).kind).toBe('good');
    }
    await world.clock.advance(1000);
    expect(new Set((await Promise.all(verdicts)).map(({ kind }) => kind))).toEqual(
      new Set(['invalid']),
    );
    expect(world.server.requests[KEYS]).toBeLessThanOrEqual(7);
  });

  it('that cannot be read make tokens of other keys unknown, and no others', async () => {
    const verifier = await world.liveVerifier();
    world.server.keysReply = { status: 502, body: '<html></html>' };
    const verdict = verifier.verify(tokenOf(new SigningKey()));
    await world.clock.advance(1000);
    expect(await verdict).toEqual({ kind: 'unknown', retryAfterSeconds: 2 });
    await world.clock.advance(600_000);
    expect((await verifier.verify(world.token())).kind).toBe('good');
    expect(world.log.filter((line) => line.includes('public keys'))).toHaveLength(1);
  });

  it('that are removed are no longer accepted, also for tokens that are remembered', async () => {
    const verifier = await world.liveVerifier();
    const token = world.token();
    expect((await verifier.verify(token)).kind).toBe('good');
    const next = new SigningKey();
    world.server.published = [next.jwk];
    await world.clock.advance(70_000);
    const verdict = verifier.verify(token);
    await world.clock.advance(1000);
    expect((await verdict).kind).toBe('invalid');
    expect((await verifier.verify(tokenOf(next))).kind).toBe('good');
  });

  it('may be another key under the same name', async () => {
    const verifier = await world.liveVerifier();
    const token = world.token();
    expect((await verifier.verify(token)).kind).toBe('good');
    const same = new SigningKey(world.server.key.kid);
    world.server.published = [same.jwk];
    await world.clock.advance(70_000);
    expect((await verifier.verify(token)).kind).toBe('invalid');
    expect((await verifier.verify(tokenOf(same))).kind).toBe('good');
  });

  it('of other kinds are passed over', async () => {
    world.server.published = [
      { kty: 'RSA', kid: 'rsa', n: 'AQAB', e: 'AQAB' },
      { kty: 'EC', crv: 'P-256', kid: 'no point', x: 'AA', y: 'AA' },
      { kty: 'oct', kid: 'secret', k: 'c2VjcmV0' },
      { ...world.server.key.jwk, kid: 'of encryption', use: 'enc' },
      null as unknown as object,
      world.server.key.jwk,
    ];
    const verifier = await world.liveVerifier();
    expect((await verifier.verify(world.token())).kind).toBe('good');
  });
});

describe('ready', () => {
  it('waits for the keys, too, and not for ever', async () => {
    const world = await World.start();
    try {
      world.server.keysReply = { status: 503 };
      const verifier = world.verifier();
      let state = '';
      void verifier.ready(20_000).then((found) => (state = found));
      await world.clock.advance(19_999);
      expect([state, verifier.state]).toEqual(['', 'live']);
      await world.clock.advance(1);
      expect(state).toBe('live');
      world.server.keysReply = undefined;
      void verifier.ready(20_000).then((found) => (state = `${found} with keys`));
      await world.clock.advance(5000);
      expect(state).toBe('live with keys');
    } finally {
      await world.close();
    }
  });
});
