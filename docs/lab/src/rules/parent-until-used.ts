import { FIRST, isSame, type Token } from '../history/token.js';
import { type Answer, ENDED, type Rule, type RuleSession, SPENT, type Standing } from './rule.js';

/** The parent stays good until a child is used, and each use of it gives another child. */
export const parentUntilUsed: Rule = {
  id: 'parent-until-used',
  name: 'Good until a child is used',
  by: 'SuperTokens',
  isOurs: false,
  summary:
    'A token stays good, without a limit of time, until one of the tokens that it gave is used; each use gives another one. Any other token ends the session. Left out: the use of an access token confirms, too.',
  sources: [
    {
      title: 'supertokens/supertokens-core: Session.java, refreshSessionHelper',
      url: 'https://github.com/supertokens/supertokens-core/blob/93f9449373c4a88829408cae8defd291e2ebb044/src/main/java/io/supertokens/session/Session.java',
    },
  ],
  reasons: {
    rotated: 'This token is used for the first time, so it takes the place of its parent.',
    reissued: 'None of the tokens that it gave has been used, so it is still good.',
    reused: 'It is neither the token that was used last nor one that this token gave.',
    ended: 'The session had ended before.',
  },
  begin: () => sessionOf({ current: FIRST, children: 0 }),
};

interface Family {
  /** The token that was used last; the first one, before any was. */
  readonly current: Token;
  /** How many tokens it has given. */
  readonly children: number;
}

function sessionOf(family: Family): RuleSession {
  return {
    present: (token) => present(family, token),
    standing: (token) => standing(family, token),
  };
}

function present(family: Family, token: Token): Answer {
  const { kind } = standing(family, token);
  if (kind === 'spent') return { outcome: 'reused', session: ENDED };
  const children = isSame(token, family.current) ? family.children + 1 : 1;
  return {
    outcome: kind === 'unused' ? 'rotated' : 'reissued',
    token: { generation: token.generation + 1, sibling: children },
    parent: token,
    session: sessionOf({ current: token, children }),
  };
}

function standing({ current, children }: Family, token: Token): Standing {
  if (isSame(token, current)) return children === 0 ? { kind: 'unused' } : { kind: 'confirmed' };
  const isChild = token.generation === current.generation + 1 && token.sibling <= children;
  return isChild ? { kind: 'unused' } : SPENT;
}
