import { randomUUID } from 'node:crypto';
import { settle } from './support/test-clock.js';
import type { Reply } from './support/wire-server.js';
import { World } from './support/world.js';

describe('an answer of the server', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.start();
  });

  afterEach(() => world.close());

  it.each([
    ['counts within the second', 999, 'good'],
    ['does not count after the second, even if no timer ran, since the process was paused', 1000],
    ['does not count after ten seconds', 10_000],
  ])('%s', async (_, pausedForMs, kind = 'unknown') => {
    const [sub, sid] = [randomUUID(), randomUUID()];
    const body = { valid: true, user: { id: sub }, session_id: sid };
    world.server.feedReply = { status: 503 };
    let answer = (_: Reply) => {};
    world.server.verify = () => new Promise<Reply>((resolve) => (answer = resolve));
    const verifier = world.verifier();
    const token = world.token({ sub, sid });

    const verdict = verifier.verify(token);
    await settle();
    world.clock.pause(pausedForMs);
    answer({ status: 200, body });
    expect((await verdict).kind).toBe(kind);
  });
});
