import { FIRST } from '../history/token.js';
import { forkingGrace } from './forking-grace.js';

const OWNER = { fingerprint: 'browser', hasKey: true };

describe('grace that forks', () => {
  it.each([
    ['1 ms before the period ends', 59_999, 'reissued'],
    ['as the period ends', 60_000, 'reused'],
    ['1 ms after the period', 60_001, 'reused'],
  ])('takes a used token %s: %s', (_when, later, outcome) => {
    const { session } = forkingGrace.begin(OWNER).present(FIRST, OWNER, 0);
    expect(session.present(FIRST, OWNER, later).outcome).toBe(outcome);
  });

  it('does not prolong the period with each use', () => {
    const { session } = forkingGrace.begin(OWNER).present(FIRST, OWNER, 0);
    const again = session.present(FIRST, OWNER, 50_000);
    expect(again.session.present(FIRST, OWNER, 60_000).outcome).toBe('reused');
  });

  it('lets every branch go on', () => {
    const { session } = forkingGrace.begin(OWNER).present(FIRST, OWNER, 0);
    const fork = session.present(FIRST, OWNER, 1);
    const one = fork.session.present({ generation: 1, sibling: 1 }, OWNER, 100_000);
    expect(one.outcome).toBe('rotated');
    expect(one.session.present({ generation: 1, sibling: 2 }, OWNER, 200_000)).toMatchObject({
      outcome: 'rotated',
      token: { generation: 2, sibling: 2 },
    });
  });
});
