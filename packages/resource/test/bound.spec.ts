import fc from 'fast-check';
import type { Verdict } from '../src/index.js';
import { settle } from './support/test-clock.js';
import { claimsAt } from './support/tokens.js';
import type { FeedStream } from './support/wire-server.js';
import { World } from './support/world.js';

/** No token is accepted for longer after its session has ended. */
const BOUND_MS = 5000;
/** An instance of the server that is live may know of an ending as late as that. */
const SERVER_LAG_MS = 4000;
const SESSIONS = 6;

interface Step {
  readonly do: 'advance' | 'end' | 'network' | 'pause' | 'sleep' | 'sender' | 'feed' | 'verify';
  readonly network: 'hold' | 'release' | 'deliver late' | 'cut' | 'finish';
  readonly ms: number;
  readonly session: number;
  readonly is: boolean;
}

/** What a step does not need is ignored. */
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.oneof(
    { weight: 6, arbitrary: fc.constant('advance' as const) },
    { weight: 4, arbitrary: fc.constant('network' as const) },
    { weight: 3, arbitrary: fc.constant('end' as const) },
    { weight: 4, arbitrary: fc.constantFrom('sender', 'feed', 'verify', 'pause', 'sleep') },
  ),
  network: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom('hold', 'deliver late') },
    { weight: 1, arbitrary: fc.constantFrom('release', 'cut', 'finish') },
  ),
  ms: fc.oneof(fc.integer({ min: 200, max: 1500 }), fc.integer({ min: 1001, max: 12_000 })),
  session: fc.nat(SESSIONS - 1),
  is: fc.boolean(),
});

describe('a verifier whose network and server do what they please', () => {
  it('accepts no token later than five seconds after the end of its session, and refuses no good one', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        const world = await World.start();
        try {
          await run(world, steps, seen);
        } finally {
          await world.close();
        }
      }),
      { numRuns: 25 },
    );
    // Else nothing was tried.
    expect([...seen]).toEqual(
      expect.arrayContaining(['live good', 'live ended', 'stale good', 'stale unknown']),
    );
  });
});

async function run(world: World, steps: readonly Step[], seen: Set<string>): Promise<void> {
  const { clock, server } = world;
  // The sleep of the service is seen by the calendar alone, and goes on elsewhere.
  let sleptMs = 0;
  const nowMs = () => clock.monotonicMs() + sleptMs;
  const sessions = Array.from({ length: SESSIONS }, () => {
    const claims = claimsAt(clock.nowMs(), { exp: clock.nowMs() / 1000 + 86_000 });
    return { claims, token: server.key.sign(claims), endedAtMs: Infinity };
  });
  let isReachable = true;
  server.verify = (token) => {
    const session = sessions.find((one) => one.token === token);
    if (!isReachable || !session) return { status: 503 };
    const { endedAtMs, claims } = session;
    if (endedAtMs <= nowMs() - SERVER_LAG_MS)
      return { status: 401, body: { code: 'session_revoked' } };
    const body = { valid: true, user: { id: claims.sub }, session_id: claims.sid };
    return { status: 200, body };
  };
  const verifier = await world.liveVerifier();

  const end = (session: (typeof sessions)[number]) => {
    if (session.endedAtMs !== Infinity) return;
    session.endedAtMs = nowMs();
    server.revoke(String(session.claims.sid));
  };
  const check = async () => {
    for (const { token, endedAtMs } of sessions) {
      const judged: Verdict[] = [];
      void verifier.verify(token).then((verdict) => judged.push(verdict));
      const state = verifier.state;
      for (let times = 0; times < 5 && judged.length === 0; times += 1) await settle();
      const kind = judged[0]?.kind ?? 'none';
      seen.add(`${state} ${kind}`);
      const allowed = ['unknown'];
      if (nowMs() - endedAtMs < BOUND_MS || endedAtMs === Infinity) allowed.push('good');
      if (endedAtMs !== Infinity) allowed.push('ended');
      expect(allowed).toContain(kind);
    }
  };

  // Half of the time there is only the stream that there is.
  server.feedReply = steps[0]?.is ? undefined : { status: 503 };
  for (const one of steps) {
    switch (one.do) {
      case 'advance':
        await clock.advance(Math.min(one.ms, 2500));
        break;
      case 'pause':
        clock.pause(one.ms);
        break;
      case 'sleep':
        clock.moveCalendar(one.ms);
        sleptMs += one.ms;
        server.sleptMs += one.ms;
        break;
      case 'end':
        end(sessions[one.session]!);
        break;
      case 'sender':
        server.senderState = one.is ? 'live' : 'stale';
        break;
      case 'feed':
        server.feedReply = one.is ? undefined : { status: 503 };
        break;
      case 'verify':
        isReachable = one.is;
        break;
      case 'network':
        for (const stream of server.streams) disturb(stream, one.network);
        await settle();
    }
    await check();
  }
}

function disturb(stream: FeedStream, how: Step['network']): void {
  if (how === 'release' || how === 'deliver late') stream.release();
  if (how === 'hold' || how === 'deliver late') stream.hold();
  if (how === 'cut') stream.cut();
  if (how === 'finish') stream.end();
}
