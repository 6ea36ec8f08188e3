import { FIRST } from '../history/token.js';
import { replayingGrace } from './replaying-grace.js';

const OWNER = { fingerprint: 'browser', hasKey: true };
const CHILD = { generation: 1, sibling: 1 };

describe('grace that replays', () => {
  it.each([
    ['1 ms before the period ends', 7_199_999, 'replayed'],
    ['as the period ends', 7_200_000, 'refused'],
    ['1 ms after the period', 7_200_001, 'refused'],
  ])('takes a used token %s: %s', (_when, later, outcome) => {
    const { session } = replayingGrace.begin(OWNER).present(FIRST, OWNER, 0);
    expect(session.present(FIRST, OWNER, later).outcome).toBe(outcome);
  });

  it('gives the same next token again, also when that was used', () => {
    const { session } = replayingGrace.begin(OWNER).present(FIRST, OWNER, 0);
    const used = session.present(CHILD, OWNER, 1);
    expect(used.session.present(FIRST, OWNER, 2)).toMatchObject({ token: CHILD });
  });

  it('ends nothing when it refuses', () => {
    const { session } = replayingGrace.begin(OWNER).present(FIRST, OWNER, 0);
    const refused = session.present(FIRST, OWNER, 7_200_000);
    expect(refused.session.present(CHILD, OWNER, 7_200_000).outcome).toBe('rotated');
  });
});
