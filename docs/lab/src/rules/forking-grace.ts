import { keyOf, type Token } from '../history/token.js';
import { type Answer, ENDED, type Rule, type RuleSession, SPENT, type Standing } from './rule.js';

/** The period of the example in the source. */
const GRACE_MS = 60_000;

/** A used token stays good for a while, and each use begins another branch. */
export const forkingGrace: Rule = {
  id: 'forking-grace',
  name: 'Grace that forks',
  by: 'Ory Hydra, graceful rotation of 60 s',
  isOurs: false,
  summary:
    'A used token stays good for a grace period, here 60 seconds, and each use gives another new token. All of them work from then on. After the period, a second use ends the session.',
  sources: [
    {
      title: 'Ory: graceful refresh token rotation',
      url: 'https://www.ory.com/docs/hydra/guides/graceful-token-refresh',
    },
  ],
  reasons: {
    rotated: 'This token is used for the first time.',
    reissued: 'The grace period is not over, so the same token gives one more branch.',
    reused: 'This token was used before, and its grace period is over.',
    ended: 'The session had ended before.',
  },
  begin: () => sessionOf({ usedAt: {}, issued: { 0: 1 } }),
};

interface Branches {
  /** When each token was used first, by its key. */
  readonly usedAt: Readonly<Record<string, number>>;
  /** How many tokens each generation has. */
  readonly issued: Readonly<Record<number, number>>;
}

function sessionOf(branches: Branches): RuleSession {
  return {
    present: (token, _by, now) => present(branches, token, now),
    standing: (token, now) => standing(branches, token, now),
  };
}

function present(branches: Branches, parent: Token, now: number): Answer {
  const { kind } = standing(branches, parent, now);
  if (kind === 'spent') return { outcome: 'reused', session: ENDED };
  const generation = parent.generation + 1;
  const sibling = (branches.issued[generation] ?? 0) + 1;
  return {
    outcome: kind === 'unused' ? 'rotated' : 'reissued',
    token: { generation, sibling },
    parent,
    session: sessionOf({
      // The first use counts, so the period does not slide.
      usedAt: { [keyOf(parent)]: now, ...branches.usedAt },
      issued: { ...branches.issued, [generation]: sibling },
    }),
  };
}

function standing({ usedAt }: Branches, token: Token, now: number): Standing {
  const at = usedAt[keyOf(token)];
  if (at === undefined) return { kind: 'unused' };
  const acceptedUntil = at + GRACE_MS;
  return now < acceptedUntil ? { kind: 'confirmed', acceptedUntil, windowMs: GRACE_MS } : SPENT;
}
