import { FIRST } from '../history/token.js';
import { oneStepBehind } from './one-step-behind.js';

const OWNER = { fingerprint: 'browser', hasKey: true };
const SECOND = { generation: 1, sibling: 1 };

describe('one step behind', () => {
  it('takes the token before the newest one at any time, and gives the newest one', () => {
    const { session } = oneStepBehind.begin(OWNER).present(FIRST, OWNER, 0);
    expect(session.present(FIRST, OWNER, 1e9)).toMatchObject({
      outcome: 'replayed',
      token: SECOND,
    });
  });

  it.each([
    ['1 ms before the interval ends', 9_999, 'replayed'],
    ['as the interval ends', 10_000, 'reused'],
    ['1 ms after the interval', 10_001, 'reused'],
  ])('takes an older token %s: %s', (_when, later, outcome) => {
    const one = oneStepBehind.begin(OWNER).present(FIRST, OWNER, 0);
    const two = one.session.present(SECOND, OWNER, 0);
    expect(two.session.present(FIRST, OWNER, later).outcome).toBe(outcome);
  });

  it('counts the interval from the last refresh of any kind', () => {
    const one = oneStepBehind.begin(OWNER).present(FIRST, OWNER, 0);
    const two = one.session.present(SECOND, OWNER, 0);
    const again = two.session.present(SECOND, OWNER, 9_000);
    expect(again.session.present(FIRST, OWNER, 18_999).outcome).toBe('replayed');
  });
});
