import { noteEvidence } from '../../../../test/support/evidence.js';
import { simulateWeek, type WeekReport } from './week.js';

const WEEKS_PER_TEST = 250;

/** Slow is no failure. */
const TIMEOUT_MS = 20 * 60_000;

/** The findings that mean that a session ended although nobody had ended it. */
const LOST_SESSION = /unexpected sign-out|taken a token of ours for stolen/;

/** Tests so many weeks, by their seeds, and tells what there was in them. */
export function describeWeeks(firstSeed: number, lastSeed: number): void {
  describe('a week of the client', () => {
    const totals: Record<string, number> = { weeks: 0 };
    const found: string[] = [];

    function count(report: WeekReport): void {
      const { seed: _, trace: __, found: ___, ...counts } = report;
      found.push(...report.found);
      for (const [name, value] of Object.entries({ weeks: 1, ...counts }))
        totals[name] = (totals[name] ?? 0) + value;
    }

    afterAll(() => {
      const counted = Object.entries(totals).map(([name, value]) => `${name} ${value}`);
      const lostSessions = found.filter((text) => LOST_SESSION.test(text)).length;
      noteEvidence('weeks', { lostSessions, otherFindings: found.length - lostSessions, totals });
      console.log(`Simulated, seeds ${firstSeed} to ${lastSeed}: ${counted.join(', ')}`);
    });

    it.each(partsOf(firstSeed, lastSeed))(
      'signs nobody out unasked, and serves everybody in the end: seeds %i to %i',
      async (first, last) => {
        const failures: string[] = [];
        for (let seed = first; seed <= last; seed++) {
          const report = await simulateWeek(seed);
          count(report);
          if (report.found.length > 0)
            failures.push(`SEED=${seed} npx jest one-week: ${report.found.join('; ')}`);
        }
        expect(failures).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });
}

function partsOf(first: number, last: number): [number, number][] {
  const parts = Math.ceil((last - first + 1) / WEEKS_PER_TEST);
  return Array.from({ length: parts }, (_, index) => {
    const begin = first + index * WEEKS_PER_TEST;
    return [begin, Math.min(last, begin + WEEKS_PER_TEST - 1)];
  });
}
