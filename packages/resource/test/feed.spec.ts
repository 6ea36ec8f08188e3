import { randomUUID } from 'node:crypto';
import type { Verifier } from '../src/index.js';
import { settle } from './support/test-clock.js';
import { World } from './support/world.js';

describe('the feed', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.start();
  });

  afterEach(() => world.close());

  it('is resumed from its last mark after it was cut', async () => {
    const verifier = await world.liveVerifier();
    world.server.revoke(randomUUID());
    world.server.revoke(randomUUID());
    await settle();
    world.server.cut();
    const sid = randomUUID();
    await settle();
    world.server.revoke(sid);
    await world.clock.advance(200);
    expect(world.server.stream.lastEventId).toBe('2');
    expect(verifier.state).toBe('live');
    expect(await kindOf(verifier, sid)).toBe('ended');
  });

  it('is read from its beginning by a verifier that has read nothing', async () => {
    await world.liveVerifier();
    expect(world.server.stream.lastEventId).toBeUndefined();
  });

  it('is connected anew when it is silent for three seconds, and asked for meanwhile', async () => {
    const verifier = await world.liveVerifier();
    const [first] = world.server.streams;
    first?.hold();
    await world.clock.advance(2999);
    expect(world.server.stream).toBe(first);
    await world.clock.advance(200);
    expect(world.server.stream).not.toBe(first);
    expect([verifier.state, world.server.streams.length]).toEqual(['live', 1]);
  });

  it('is connected anew when nothing comes back at all', async () => {
    world.server.isAutomatic = false;
    const verifier = world.verifier();
    await settle();
    const { stream } = world.server;
    world.server.isAutomatic = true;
    await world.clock.advance(3200);
    expect(world.server.stream).not.toBe(stream);
    expect(verifier.state).toBe('live');
  });

  it('proves nothing by events that were held up on their way', async () => {
    const verifier = await world.liveVerifier();
    const { stream } = world.server;
    world.server.feedReply = { status: 503 };
    stream.hold();
    const sid = randomUUID();
    await world.clock.advance(2500);
    // The proxy delivers what is 2.5 s old, and swallows what follows.
    stream.release();
    stream.hold();
    world.server.revoke(sid);
    await settle();
    await world.clock.advance(3490);
    expect(verifier.state).toBe('live');
    // Four seconds after it was sent, and not after it came.
    await world.clock.advance(10);
    expect(verifier.state).toBe('stale');
    expect(await kindOf(verifier, sid)).toBe('unknown');
  });

  it('is stale at once after the process was paused, before its timers run', async () => {
    const verifier = await world.liveVerifier();
    world.clock.pause(10_000);
    expect(verifier.state).toBe('stale');
    await world.clock.advance(500);
    expect(verifier.state).toBe('live');
  });

  it('is kept after the process was busy for long, if all has come meanwhile', async () => {
    const verifier = await world.liveVerifier();
    await settle();
    const { stream } = world.server;
    // What the sender wrote meanwhile is in the socket.
    for (let second = 0; second < 10; second += 1) {
      world.clock.pause(1000);
      stream.prove();
    }
    await world.clock.advance(1000);
    expect([verifier.state, world.server.requests['/api/feed/revocations']]).toEqual(['live', 1]);
  });

  it('is not trusted while its sender is stale, and another one is tried', async () => {
    const verifier = await world.liveVerifier();
    const { stream } = world.server;
    world.server.senderState = 'stale';
    await world.clock.advance(4000);
    expect(verifier.state).toBe('stale');
    expect(world.server.streams).not.toContain(stream);
    world.server.senderState = 'live';
    await world.clock.advance(3000);
    expect(verifier.state).toBe('live');
  });

  it('is opened anew every ten minutes, and the old stream is kept until the new one is complete', async () => {
    const verifier = await world.liveVerifier();
    const { stream } = world.server;
    await world.clock.advance(9 * 60_000 - 1000);
    expect(world.server.streams).toEqual([stream]);
    world.server.isAutomatic = false;
    const beat = setIntervalOn(world, () => stream.prove());
    await world.clock.advance(2 * 60_000 + 2000);
    // Those that are opened come to nothing.
    expect(world.server.streams).toContain(stream);
    expect(world.server.requests['/api/feed/revocations']).toBeGreaterThan(1);
    expect(verifier.state).toBe('live');
    world.server.isAutomatic = true;
    beat();
    await world.clock.advance(5000);
    expect(world.server.streams).toHaveLength(1);
    expect(world.server.streams).not.toContain(stream);
    expect(verifier.state).toBe('live');
  });

  it('is closed at data that are malformed, and read from there again', async () => {
    const verifier = await world.liveVerifier();
    const { stream } = world.server;
    world.server.isAutomatic = false;
    world.server.revoke('x');
    world.server.isAutomatic = true;
    stream.write('event: revoked\nid: 1\ndata: {"id":\n\n');
    await settle();
    await world.clock.advance(200);
    expect(world.server.stream).not.toBe(stream);
    expect(world.server.stream.lastEventId).toBeUndefined();
    expect(verifier.state).toBe('live');
  });

  it('may send events of later versions', async () => {
    const verifier = await world.liveVerifier();
    world.server.stream.send('greeting', 0, { from: 'the future' });
    await world.clock.advance(2000);
    expect([verifier.state, world.server.requests['/api/feed/revocations']]).toEqual(['live', 1]);
  });

  it('has pages, with live events between them', async () => {
    const ids = Array.from({ length: 25 }, () => randomUUID());
    for (const id of ids) world.server.revoke(id);
    world.server.pageSize = 10;
    const verifier = await world.liveVerifier();
    expect(await Promise.all(ids.map((id) => kindOf(verifier, id)))).toEqual(
      ids.map(() => 'ended'),
    );
    world.server.isAutomatic = false;
    world.server.cut();
    await world.clock.advance(200);
    const { stream } = world.server;
    const [page, live] = [randomUUID(), randomUUID()];
    const entry = (id: string) => ({ id, lowest: null, expires_in: 100 });
    stream.send('snapshot', 25, { entries: [entry(page)], is_last: false });
    stream.send('revoked', 25, entry(live));
    stream.prove();
    await settle();
    expect([await kindOf(verifier, page), await kindOf(verifier, live)]).toEqual([
      'ended',
      'ended',
    ]);
    await world.clock.advance(2000);
    stream.send('snapshot', 26, { entries: [], is_last: true });
    stream.prove();
    await settle();
    expect(verifier.state).toBe('live');
  });

  it('is refused for good reasons, which are reported once', async () => {
    const verifier = world.verifier({ serviceToken: 'wrong-token' });
    await world.clock.advance(30_000);
    expect(verifier.state).toBe('loading');
    expect(world.log.filter((line) => line.includes('SERVICE_TOKENS'))).toHaveLength(1);
    expect(world.log.join()).not.toContain('wrong-token');
    expect(world.server.requests['/api/feed/revocations']).toBeLessThan(15);
  });

  it('is refused for a reason that is reported, though nobody answered before', async () => {
    world.server.feedReply = { status: 503 };
    world.verifier();
    await world.clock.advance(3000);
    world.server.feedReply = { status: 404 };
    await world.clock.advance(3000);
    expect(world.log).toHaveLength(2);
    expect(world.log[1]).toContain('404');
  });

  it('is no feed where another server answers with a page', async () => {
    world.server.feedReply = { status: 200, body: '<html></html>' };
    const verifier = world.verifier();
    await world.clock.advance(1000);
    expect(verifier.state).toBe('loading');
    world.server.feedReply = undefined;
    await world.clock.advance(20_000);
    expect(verifier.state).toBe('live');
  });

  it('is lost when memory is full, until entries have expired', async () => {
    const verifier = await world.liveVerifier({ maxRevocations: 2 });
    for (const seconds of [20, 20, 500]) world.server.revoke(randomUUID(), null, seconds);
    await settle();
    expect(verifier.state).toBe('stale');
    world.server.entries.splice(0, 2);
    await world.clock.advance(61_000);
    expect(world.server.stream.lastEventId).toBeUndefined();
    expect(verifier.state).toBe('live');
  });

  async function kindOf(verifier: Verifier, sid: string): Promise<string> {
    return (await verifier.verify(world.token({ sid }))).kind;
  }
});

/** Calls back every second of the world's clock. */
function setIntervalOn(world: World, callback: () => void): () => void {
  let isOver = false;
  const next = () => {
    if (isOver) return;
    callback();
    world.clock.after(1000, next);
  };
  world.clock.after(1000, next);
  return () => (isOver = true);
}

describe('onSessionEnded', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.start();
  });

  afterEach(() => world.close());

  it('calls back once for each session that ends, until it is told to stop', async () => {
    const verifier = await world.liveVerifier();
    const ended: string[] = [];
    verifier.onSessionEnded(() => {
      throw new Error('A listener that fails harms nobody.');
    });
    const stop = verifier.onSessionEnded(({ sessionId }) => ended.push(sessionId));
    world.server.revoke('a');
    world.server.revoke('a');
    world.server.revoke('older tokens of b', 3);
    await settle();
    expect(ended).toEqual(['a']);
    stop();
    world.server.revoke('c');
    await settle();
    expect(ended).toEqual(['a']);
    expect(verifier.state).toBe('live');
  });

  it('calls back for sessions that ended while the feed was away', async () => {
    const verifier = await world.liveVerifier();
    const ended: string[] = [];
    verifier.onSessionEnded(({ sessionId }) => ended.push(sessionId));
    world.server.feedReply = { status: 503 };
    world.server.cut();
    world.server.revoke('a');
    await world.clock.advance(10_000);
    expect(ended).toEqual([]);
    world.server.feedReply = undefined;
    await world.clock.advance(2000);
    expect(ended).toEqual(['a']);
  });
});

describe('close', () => {
  it('ends all connections and timers', async () => {
    const world = await World.start();
    try {
      const verifier = await world.liveVerifier();
      const before = world.clock.pending;
      expect(before).toBeGreaterThan(1);
      const token = world.token();
      expect((await verifier.verify(token)).kind).toBe('good');
      verifier.close();
      await settle();
      // The beat of the server.
      expect([world.clock.pending, world.server.streams.length]).toEqual([1, 0]);
      expect((await verifier.verify(token)).kind).toBe('unknown');
      await world.clock.advance(60_000);
      expect(world.server.requests['/api/feed/revocations']).toBe(1);
    } finally {
      await world.close();
    }
  });
});
