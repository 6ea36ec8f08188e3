import { FIRST, isSame, type Token } from '../history/token.js';
import { type Answer, ENDED, type Rule, type RuleSession, SPENT } from './rule.js';

/** The letter of the RFC: each token once, and a second use ends the session. */
export const singleUse: Rule = {
  id: 'single-use',
  name: 'Single use',
  by: 'RFC 9700; Auth0 with an overlap of 0',
  isOurs: false,
  summary: 'Each token can be used once. Whoever uses one a second time ends the session.',
  sources: [
    {
      title: 'RFC 9700, section 4.14.2',
      url: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2',
    },
    {
      title: 'RFC 6819, section 5.2.2.3',
      url: 'https://www.rfc-editor.org/rfc/rfc6819#section-5.2.2.3',
    },
    {
      title: 'Auth0: configure refresh token rotation',
      url: 'https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation',
    },
  ],
  reasons: {
    rotated: 'It is the newest token, used for the first time.',
    reused: 'This token was used before. The rule takes every second use for theft.',
    ended: 'The session had ended before.',
  },
  begin: () => sessionAt(FIRST),
};

function sessionAt(current: Token): RuleSession {
  return {
    present: (token) =>
      isSame(token, current) ? rotate(current) : { outcome: 'reused', session: ENDED },
    standing: (token) => (isSame(token, current) ? { kind: 'unused' } : SPENT),
  };
}

function rotate(parent: Token): Answer {
  const token = { generation: parent.generation + 1, sibling: 1 };
  return { outcome: 'rotated', token, parent, session: sessionAt(token) };
}
