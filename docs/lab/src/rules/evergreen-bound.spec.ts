import { FIRST, type Token } from '../history/token.js';
import { evergreenBound } from './evergreen-bound.js';

const OWNER = { fingerprint: 'browser', hasKey: true };
const THIEF = { fingerprint: 'browser', hasKey: false };

describe('bound to a key', () => {
  function afterRefreshes(count: number) {
    let session = evergreenBound.begin(OWNER);
    let token: Token = FIRST;
    for (let round = 0; round < count; round++) {
      const answer = session.present(token, OWNER, round * 60_000);
      session = answer.session;
      token = (answer as { token: Token }).token;
    }
    return session;
  }

  it('refuses who has no key, and ends nothing', () => {
    const session = afterRefreshes(3);
    const answer = session.present({ generation: 3, sibling: 1 }, THIEF, 1e6);
    expect(answer.outcome).toBe('unproved');
    expect(answer.session.present({ generation: 3, sibling: 1 }, OWNER, 1e6).outcome).toBe(
      'rotated',
    );
  });

  it('takes an old token of who has the key, and gives a further child of the confirmed one', () => {
    const answer = afterRefreshes(3).present(FIRST, OWNER, 1e6);
    expect(answer).toMatchObject({
      outcome: 'reissued',
      token: { generation: 3, sibling: 2 },
      parent: { generation: 2, sibling: 1 },
    });
    const { session, token } = answer as Extract<typeof answer, { token: Token }>;
    expect(session.present(token, OWNER, 1e6).outcome).toBe('rotated');
  });
});
