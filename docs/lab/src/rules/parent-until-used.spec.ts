import { FIRST } from '../history/token.js';
import { parentUntilUsed } from './parent-until-used.js';

const OWNER = { fingerprint: 'browser', hasKey: true };
const THIEF = { fingerprint: 'thief', hasKey: false };
const CHILD = { generation: 1, sibling: 1 };
const OTHER_CHILD = { generation: 1, sibling: 2 };

describe('a parent that is good until a child is used', () => {
  it('gives a child of its own for each use of the parent, however late and by whomever', () => {
    const first = parentUntilUsed.begin(OWNER).present(FIRST, OWNER, 0);
    expect(first).toMatchObject({ outcome: 'rotated', token: CHILD });
    const again = first.session.present(FIRST, OWNER, 1);
    expect(again).toMatchObject({ outcome: 'reissued', token: OTHER_CHILD });
    expect(again.session.present(FIRST, THIEF, 1e9).outcome).toBe('reissued');
  });

  it('ends the session when the parent of a used child is presented, however soon', () => {
    const { session } = parentUntilUsed.begin(OWNER).present(FIRST, OWNER, 0);
    const used = session.present(CHILD, OWNER, 0);
    expect(used).toMatchObject({ outcome: 'rotated', token: { generation: 2, sibling: 1 } });
    expect(used.session.present(FIRST, OWNER, 0).outcome).toBe('reused');
  });

  it('ends the session when two children are used', () => {
    const one = parentUntilUsed.begin(OWNER).present(FIRST, OWNER, 0);
    const two = one.session.present(FIRST, THIEF, 0);
    const used = two.session.present(CHILD, OWNER, 0);
    expect(used.session.present(OTHER_CHILD, THIEF, 0).outcome).toBe('reused');
  });
});
