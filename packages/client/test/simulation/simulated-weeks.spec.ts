import type { Sabotage } from './device.js';
import { simulateWeek, type WeekReport } from './week.js';

const WEEKS = 2_000;
const WEEKS_PER_TEST = 250;

/** `SEED=17 npx jest simulated-weeks` repeats one week, and tells all that happens in it. */
const ONE_SEED = process.env.SEED ? Number(process.env.SEED) : undefined;

/** Slow is no failure. */
const TIMEOUT_MS = 20 * 60_000;

const ranges =
  ONE_SEED === undefined
    ? Array.from({ length: WEEKS / WEEKS_PER_TEST }, (_, index) => [index * WEEKS_PER_TEST + 1, (index + 1) * WEEKS_PER_TEST] as const)
    : [[ONE_SEED, ONE_SEED] as const];

describe('a week of the client', () => {
  const totals: Record<string, number> = { weeks: 0 };

  function count(report: WeekReport): void {
    const { seed: _, trace: __, found: ___, ...counts } = report;
    for (const [name, value] of Object.entries({ weeks: 1, ...counts })) totals[name] = (totals[name] ?? 0) + value;
  }

  afterAll(() => {
    const counted = Object.entries(totals).map(([name, value]) => `${name} ${value}`);
    console.log(`Simulated, seeds ${ranges[0]?.[0]} to ${ranges.at(-1)?.[1]}: ${counted.join(', ')}`);
  });

  it.each(ranges)(
    'signs nobody out unasked, and serves everybody in the end: seeds %i to %i',
    async (first, last) => {
      const failures: string[] = [];
      for (let seed = first; seed <= last; seed++) {
        const report = await simulateWeek(seed);
        count(report);
        if (ONE_SEED !== undefined) console.log(report.trace.join('\n'));
        if (report.found.length > 0) failures.push(`SEED=${seed} npx jest simulated-weeks: ${report.found.join('; ')}`);
      }
      expect(failures).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('the simulation', () => {
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
      return Response.json(problem, { status: 401, headers: { 'Content-Type': 'application/problem+json' } });
    };

  const swallowing =
    (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
    (input, init) =>
      Math.random() < 0.05 ? new Promise(() => {}) : fetch(input, init);

  const sabotages: readonly (readonly [string, Sabotage, RegExp])[] = [
    ['a proxy that turns "not now" into "signed out"', { fetch: refusing }, /unexpected sign-out, revoked/],
    ['a disk that forgets what it was told to keep', { disk: { forgetting: 0.3 } }, /unexpected sign-out|taken a token of ours for stolen/],
    ['a client that waits for an answer for ever', { fetch: swallowing, options: { timeoutMs: 10 ** 9 } }, /no answer in clear weather/],
  ];

  it.each(sabotages)(
    'notices %s',
    async (_what, sabotage, finding) => {
      let found: readonly string[] = [];
      for (let seed = 1; seed <= 100 && !found.some((text) => finding.test(text)); seed++) ({ found } = await simulateWeek(seed, sabotage));
      expect(found.join('; ')).toMatch(finding);
    },
    TIMEOUT_MS,
  );
});
