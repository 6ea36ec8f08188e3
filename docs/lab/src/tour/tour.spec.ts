import { SCENARIOS } from '../../test/scenario-files.js';
import { play } from '../history/play.js';
import { verdictOf } from '../history/verdict.js';
import { ruleById } from '../rules/index.js';
import { TOUR } from './tour.js';

describe('the tour', () => {
  /** What the picture shows beside the text of this step. */
  function shownAt(number: number) {
    const { scenario: id, rule, step } = TOUR[number - 1]!.view;
    const scenario = SCENARIOS.find((each) => each.id === id)!;
    const frames = play(scenario.steps, ruleById(rule)!);
    const frame = frames[step ?? scenario.steps.length]!;
    return { outcome: frame.outcome, verdict: verdictOf(frame) };
  }

  it('has seven steps', () => expect(TOUR).toHaveLength(7));

  // Each line is what the text of that step says.
  it.each([
    [1, 'rotated', 'kept'],
    [2, 'reused', 'thrown-out'],
    [3, 'reissued', 'kept'],
    [4, 'rotated', 'kept'],
    [5, 'replayed', 'thief-missed'],
    [6, 'reused', 'thief-found'],
    [7, 'replayed', 'thief-missed'],
  ])('shows in step %d what it says', (number, outcome, verdict) => {
    expect(shownAt(number)).toEqual({ outcome, verdict });
  });
});
