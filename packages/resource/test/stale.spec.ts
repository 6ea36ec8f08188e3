import { claimsAt } from './support/tokens.js';
import { settle } from './support/test-clock.js';
import { World } from './support/world.js';
import type { Verifier } from '../src/index.js';

const VERIFY = '/api/auth/verify';

/** The rule of a service whose memory may lack something. */
describe('verify, without a feed', () => {
  let world: World;
  let verifier: Verifier;

  beforeEach(async () => {
    world = await World.start();
    world.server.feedReply = { status: 503 };
    verifier = world.verifier();
    await settle();
  });

  afterEach(() => world.close());

  const claims = () => claimsAt(world.clock.nowMs());
  const good = ({ sub, sid }: Record<string, unknown>) => ({
    status: 200,
    body: { valid: true, user: { id: sub }, session_id: sid, expires_in: 5 },
  });

  it('asks the server, and believes it', async () => {
    const said = claims();
    world.server.verify = () => good(said);
    const verdict = await verifier.verify(world.server.key.sign(said));
    expect(verdict).toMatchObject({ kind: 'good', userId: said.sub, sessionId: said.sid });
    expect(world.server.requests[VERIFY]).toBe(1);
  });

  it.each([
    [{ status: 401, body: { code: 'token_expired' } }, 'expired'],
    [{ status: 401, body: { code: 'session_revoked' } }, 'ended'],
    [{ status: 401, body: { code: 'token_invalid' } }, 'invalid'],
    [{ status: 401, body: { code: 'token_missing' } }, 'invalid'],
    [{ status: 401, body: { code: 'unauthorized' } }, 'unknown'],
    [{ status: 401, body: { code: 'toString' } }, 'unknown'],
    [{ status: 401, body: '<html>A firewall</html>' }, 'unknown'],
    [{ status: 403, body: { code: 'token_invalid' } }, 'unknown'],
    [{ status: 404, body: { code: 'not_found' } }, 'unknown'],
    [{ status: 429, body: { code: 'rate_limited' } }, 'unknown'],
    [{ status: 500, body: { code: 'internal_error' } }, 'unknown'],
    [{ status: 503, body: { code: 'service_unavailable' } }, 'unknown'],
    [{ status: 302, body: {} }, 'unknown'],
    [{ status: 200, body: '<html>A page</html>' }, 'unknown'],
    [{ status: 200, body: {} }, 'unknown'],
    [{ status: 200, body: { valid: true, user: { id: 'another' }, session_id: 's' } }, 'unknown'],
  ])('takes %j for %s', async (reply, kind) => {
    world.server.verify = () => reply;
    expect((await verifier.verify(world.token())).kind).toBe(kind);
  });

  it.each([
    [{ status: 200, body: { active: false } }, 'expired'],
    [{ status: 200, body: { active: 'false' } }, 'unknown'],
    [{ status: 200, body: { active: true, sub: 'another', sid: 's' } }, 'unknown'],
    [{ status: 200, body: '<html>A page</html>' }, 'unknown'],
    [{ status: 401, body: { code: 'token_invalid' } }, 'unknown'],
    [{ status: 429, body: { code: 'rate_limited' } }, 'unknown'],
    [{ status: 503, body: { code: 'service_unavailable' } }, 'unknown'],
  ])('takes %j for %s, asked by introspection for a bound token', async (reply, kind) => {
    world.server.introspectReply = reply;
    const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' };
    const token = world.server.key.sign({ ...claims(), cnf });
    expect((await verifier.verify(token)).kind).toBe(kind);
    expect(world.server.requests[VERIFY]).toBeUndefined();
  });

  it('takes no answer within a second for unknown', async () => {
    world.server.verify = () => undefined;
    let kind = '';
    void verifier.verify(world.token()).then((verdict) => (kind = verdict.kind));
    await world.clock.advance(999);
    expect(kind).toBe('');
    await world.clock.advance(1);
    await settle();
    expect(kind).toBe('unknown');
  });

  it('takes a server that is not there for unknown', async () => {
    const away = world.verifier({ server: 'http://127.0.0.1:9' });
    const verdict = away.verify(world.token());
    await world.clock.advance(1000);
    expect((await verdict).kind).toBe('unknown');
  });

  it('asks once for all requests with one token', async () => {
    const said = claims();
    const token = world.server.key.sign(said);
    world.server.verify = () => good(said);
    const verdicts = await Promise.all([1, 2, 3].map(() => verifier.verify(token)));
    expect(verdicts.map(({ kind }) => kind)).toEqual(['good', 'good', 'good']);
    expect(world.server.requests[VERIFY]).toBe(1);
    await verifier.verify(token);
    expect(world.server.requests[VERIFY]).toBe(2);
  });

  it('asks for so many tokens at once; more are unknown', async () => {
    const few = world.verifier({ maxChecksAtOnce: 2 });
    await settle();
    world.server.verify = () => ({ status: 401, body: { code: 'session_revoked' } });
    const tokens = [1, 2, 3].map(() => world.token());
    const verdicts = await Promise.all(tokens.map((token) => few.verify(token)));
    expect(verdicts.map(({ kind }) => kind)).toEqual(['ended', 'ended', 'unknown']);
  });

  it('asks nobody about a token that is forged or expired', async () => {
    const token = world.token();
    const forged = `${token.slice(0, -4)}AAAA`;
    expect((await verifier.verify(forged)).kind).toBe('invalid');
    await world.clock.advance(1_810_000);
    expect((await verifier.verify(token)).kind).toBe('expired');
    expect(world.server.requests[VERIFY]).toBeUndefined();
  });
});

describe('verify, when the feed is lost', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.start();
  });

  afterEach(() => world.close());

  it('decides from memory for four seconds, then asks; what memory refuses stays refused', async () => {
    const verifier = await world.liveVerifier();
    world.server.revoke('00000000-0000-4000-8000-000000000001');
    await settle();
    const ended = world.token({ sid: '00000000-0000-4000-8000-000000000001' });
    const token = world.token();
    const kinds = async () => [
      (await verifier.verify(token)).kind,
      (await verifier.verify(ended)).kind,
    ];
    world.server.feedReply = { status: 503 };
    world.server.cut();
    await world.clock.advance(3990);
    expect(await kinds()).toEqual(['good', 'ended']);
    await world.clock.advance(10);
    expect(await kinds()).toEqual(['unknown', 'ended']);
    world.server.feedReply = undefined;
    await world.clock.advance(2000);
    expect(await kinds()).toEqual(['good', 'ended']);
  });

  it('believes no answer that the feed contradicts meanwhile', async () => {
    const verifier = await world.liveVerifier();
    const said = claimsAt(world.clock.nowMs());
    const token = world.server.key.sign(said);
    world.server.senderState = 'stale';
    world.clock.pause(4000);
    world.server.verify = async () => {
      world.server.revoke(String(said.sid));
      await settle();
      const body = { valid: true, user: { id: said.sub }, session_id: said.sid };
      return { status: 200, body };
    };
    expect((await verifier.verify(token)).kind).toBe('ended');
  });
});
