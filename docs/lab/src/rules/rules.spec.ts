import fc from 'fast-check';
import { FIRST, type Token } from '../history/token.js';
import { RULES } from './index.js';
import type { Rule, RuleSession } from './rule.js';

const OWNER = { fingerprint: 'browser', hasKey: true };
const THIEF = { fingerprint: 'thief', hasKey: false };

/** Presents tokens by their number in the order in which they were issued, with waits between. */
const presentations = fc.array(
  fc.record({
    token: fc.nat({ max: 8 }),
    waitMs: fc.constantFrom(0, 1, 9_999, 10_000, 10_001, 60_000, 3_600_000, 7_200_000, 86_400_000),
    by: fc.constantFrom(OWNER, { fingerprint: 'renderer', hasKey: true }, THIEF),
  }),
  { maxLength: 12 },
);

describe.each(RULES)('the rule $id', (rule: Rule) => {
  /** Every state that the presentations lead to, with the tokens that were issued until then. */
  function visit(
    steps: typeof presentations extends fc.Arbitrary<infer Steps> ? Steps : never,
    look: (session: RuleSession, issued: readonly Token[], now: number) => void,
  ): void {
    let session = rule.begin(OWNER);
    const issued: Token[] = [FIRST];
    let now = 0;
    for (const { token, waitMs, by } of steps) {
      now += waitMs;
      look(session, issued, now);
      const answer = session.present(issued[token % issued.length]!, by, now);
      if ('token' in answer) issued.push(answer.token);
      session = answer.session;
    }
    look(session, issued, now);
  }

  it('says of each token at each time what comes of presenting it', () => {
    fc.assert(
      fc.property(presentations, (steps) => {
        visit(steps, (session, issued, now) => {
          for (const token of issued) {
            const { kind, acceptedUntil } = session.standing(token, now);
            // In our strict rule the window is open for one client alone.
            const accepted = [
              OWNER,
              { ...OWNER, fingerprint: 'renderer' },
              { ...THIEF, hasKey: true },
            ]
              .map((by) => session.present(token, by, now))
              .filter((answer) => 'token' in answer);
            expect({ kind, isAccepted: accepted.length > 0 }).toEqual({
              kind,
              isAccepted: kind !== 'spent',
            });
            if (acceptedUntil !== undefined) expect(acceptedUntil).toBeGreaterThan(now);
            if (kind === 'unused') expect(accepted[0]).toMatchObject({ outcome: 'rotated' });
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it('does not change a session that was asked', () => {
    const session = rule.begin(OWNER);
    const first = session.present(FIRST, OWNER, 0);
    expect(session.present(FIRST, OWNER, 0)).toMatchObject({ outcome: first.outcome });
    expect(session.standing(FIRST, 0)).toEqual({ kind: 'unused' });
  });

  it('gives a reason for each outcome that it has', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(presentations, (steps) => {
        visit(steps, (session, issued, now) => {
          for (const token of issued)
            for (const by of [OWNER, THIEF]) seen.add(session.present(token, by, now).outcome);
        });
      }),
      { numRuns: 50 },
    );
    seen.delete('ended');
    expect(Object.keys(rule.reasons)).toEqual(expect.arrayContaining([...seen]));
  });

  it('names where it is published', () => {
    expect(rule.sources.length).toBeGreaterThan(0);
    for (const { url } of rule.sources) {
      if (!rule.isOurs) expect(url).toMatch(/^https:/);
    }
  });
});
