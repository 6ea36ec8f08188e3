import { keyOf, type Token } from '../history/token.js';
import { type Answer, type Rule, type RuleSession, SPENT, type Standing } from './rule.js';

/** Two hours, as the source has it. */
const GRACE_MS = 2 * 3_600_000;

/** A used token stays good for a while, and gives the same next token each time. */
export const replayingGrace: Rule = {
  id: 'replaying-grace',
  name: 'Grace that replays',
  by: 'AT Protocol PDS (Bluesky)',
  isOurs: false,
  summary:
    'A used token stays good for two hours, and always gives the same next token. After that it is refused. A refused token ends nothing else.',
  sources: [
    {
      title: 'bluesky-social/atproto: account-manager.ts, rotateRefreshToken',
      url: 'https://github.com/bluesky-social/atproto/blob/14d999d342f7590c57517c5198f2233cba0ee398/packages/pds/src/account-manager/account-manager.ts',
    },
  ],
  reasons: {
    rotated: 'This token is used for the first time.',
    replayed: 'This token was used less than two hours ago, so it gives the same next token.',
    refused: 'The two hours are over. The rule does not ask who has used the token before.',
  },
  begin: () => sessionOf({}),
};

/** When each token was used first, by its key. */
type UsedAt = Readonly<Record<string, number>>;

function sessionOf(usedAt: UsedAt): RuleSession {
  return {
    present: (token, _by, now) => present(usedAt, token, now),
    standing: (token, now) => standing(usedAt, token, now),
  };
}

function present(usedAt: UsedAt, parent: Token, now: number): Answer {
  const { kind } = standing(usedAt, parent, now);
  if (kind === 'spent') return { outcome: 'refused', session: sessionOf(usedAt) };
  return {
    outcome: kind === 'unused' ? 'rotated' : 'replayed',
    token: { generation: parent.generation + 1, sibling: 1 },
    parent,
    // The first use counts, so the period does not slide.
    session: sessionOf({ [keyOf(parent)]: now, ...usedAt }),
  };
}

function standing(usedAt: UsedAt, token: Token, now: number): Standing {
  const at = usedAt[keyOf(token)];
  if (at === undefined) return { kind: 'unused' };
  const acceptedUntil = at + GRACE_MS;
  return now < acceptedUntil ? { kind: 'confirmed', acceptedUntil, windowMs: GRACE_MS } : SPENT;
}
