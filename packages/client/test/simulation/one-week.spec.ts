import type { Sabotage } from './device.js';
import { simulateWeek } from './week.js';

/** `SEED=17 npx jest one-week` repeats that week, and tells all that happens in it. */
const { SEED } = process.env;

/** Slow is no failure. */
const TIMEOUT_MS = 20 * 60_000;

describe('the simulation', () => {
  it(`signs nobody out unasked in week ${SEED ?? 1}`, async () => {
    const { trace, found } = await simulateWeek(Number(SEED ?? 1));
    if (SEED) console.log(trace.join('\n'));
    expect(found).toEqual([]);
  });

  it('repeats a week exactly, by its seed', async () => {
    for (const seed of [1, 2, 3, 4]) {
      const { trace } = await simulateWeek(seed);
      expect(trace.length).toBeGreaterThan(100);
      expect((await simulateWeek(seed)).trace).toEqual(trace);
    }
  });

  const refusing =
    (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
    async (input, init) => {
      const response = await fetch(input, init);
      if (response.status !== 503) return response;
      const problem = { code: 'session_revoked', status: 401, clear_credentials: true };
      return Response.json(problem, {
        status: 401,
        headers: { 'Content-Type': 'application/problem+json' },
      });
    };

  const swallowing =
    (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
    (input, init) =>
      Math.random() < 0.05 ? new Promise(() => {}) : fetch(input, init);

  const sabotages: readonly (readonly [string, Sabotage, RegExp])[] = [
    [
      'a proxy that turns "not now" into "signed out"',
      { fetch: refusing },
      /unexpected sign-out, revoked/,
    ],
    [
      'a disk that forgets what it was told to keep',
      { disk: { forgetting: 0.3 } },
      /unexpected sign-out|taken a token of ours for stolen/,
    ],
    [
      'a client that waits for an answer for ever',
      { fetch: swallowing, options: { timeoutMs: 10 ** 9 } },
      /no answer in clear weather/,
    ],
  ];

  it.each(sabotages)(
    'notices %s',
    async (_what, sabotage, finding) => {
      let found: readonly string[] = [];
      for (let seed = 1; seed <= 100 && !found.some((text) => finding.test(text)); seed++)
        ({ found } = await simulateWeek(seed, sabotage));
      expect(found.join('; ')).toMatch(finding);
    },
    TIMEOUT_MS,
  );
});
