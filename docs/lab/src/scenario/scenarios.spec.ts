import { SCENARIOS } from '../../test/scenario-files.js';
import { play } from '../history/play.js';
import { verdictOf } from '../history/verdict.js';
import { RULES } from '../rules/index.js';
import { outcomesOf } from './outcomes.js';

describe.each(SCENARIOS)('the scenario $id', ({ steps, expect: expected }) => {
  it('says what is expected under every rule', () => {
    expect(Object.keys(expected).sort()).toEqual(RULES.map(({ id }) => id).sort());
  });

  it.each(RULES)('comes to what it says under the rule $id', (rule) => {
    const frames = play(steps, rule);
    expect({ outcomes: outcomesOf(frames), verdict: verdictOf(frames.at(-1)!) }).toEqual(
      expected[rule.id],
    );
  });
});

describe('play', () => {
  it('shows each step that skips nothing in a scenario under our own rule', () => {
    const [ours] = RULES;
    for (const { id, steps, expect: expected } of SCENARIOS) {
      if (expected[ours!.id]?.verdict !== 'kept') continue;
      const skipped = play(steps, ours!).filter((frame) => frame.skipped);
      expect({ id, skipped }).toEqual({ id, skipped: [] });
    }
  });
});
