import { FIRST } from '../history/token.js';
import { singleUse } from './single-use.js';

const OWNER = { fingerprint: 'browser', hasKey: true };

describe('single use', () => {
  it('ends the session when a token is used a second time, however soon', () => {
    const { session } = singleUse.begin(OWNER).present(FIRST, OWNER, 0);
    const second = session.present(FIRST, OWNER, 0);
    expect(second.outcome).toBe('reused');
    const child = { generation: 1, sibling: 1 };
    expect(second.session.present(child, OWNER, 0).outcome).toBe('ended');
  });
});
