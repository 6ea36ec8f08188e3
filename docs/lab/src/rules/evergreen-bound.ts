import { decideRotation } from '#protocol';
import { beginDecided, type Decide } from './decided.js';
import type { Rule } from './rule.js';

const KEY = 'the key of the session';

/** What the server does with the tokens of a bound session. */
export const evergreenBound: Rule = {
  id: 'evergreen-bound',
  name: 'Bound to a key',
  by: 'Evergreen, for clients with a key',
  isOurs: true,
  summary:
    'The browser holds a key that no script can read, and proves it with each refresh. Without a proof nothing is given and nothing ends; with it, an old token costs nobody their session.',
  sources: [
    {
      title: 'RFC 9449 (DPoP)',
      url: 'https://www.rfc-editor.org/rfc/rfc9449',
    },
    {
      title: 'RFC 9700, section 4.14.2: sender constraint or rotation',
      url: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2',
    },
  ],
  reasons: {
    rotated: 'The key was proved, and this token was never used before.',
    replayed: 'The key was proved, and this client was given that token a moment ago.',
    reissued: 'The key was proved, so even an old token belongs to its owner.',
    unproved: 'The key was not proved, so the token is worth nothing. Nothing was read or ended.',
  },
  begin: () => beginDecided('confirm-on-use', KEY, decideByKey),
};

/** Without a proof there is no decision. */
const decideByKey: Decide = (state, place, { hasKey }, now, policy) => {
  if (!hasKey) return { kind: 'unproved' };
  const bound = { ...state, keyThumbprint: KEY };
  const token = { ...place, epoch: state.epoch, fingerprint: KEY, keyThumbprint: KEY };
  return decideRotation(bound, token, now, policy);
};
