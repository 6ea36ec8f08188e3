import { beginDecided } from './decided.js';
import type { Rule } from './rule.js';

/** What this product does by default. */
export const evergreen: Rule = {
  id: 'evergreen',
  name: 'Confirm on use',
  by: 'Evergreen',
  isOurs: true,
  summary:
    'A new token replaces the old one only when somebody uses the new one. Until then the old one is good. For ten seconds, a client that asks again gets the same token again.',
  sources: [
    {
      title: 'docs/decisions/rotation.md and packages/protocol/src/rotation.ts, of this repository',
    },
  ],
  reasons: {
    rotated: 'This token was given out and never used before, so its use confirms it.',
    replayed: 'This client was given that token a moment ago, so it gets the same one again.',
    reissued: 'Nobody has used the newer token yet, so the older one is still good.',
    reused: 'A newer token has been used since, so two parties hold tokens of one session.',
    ended: 'The session had ended before.',
  },
  begin: ({ fingerprint }) => beginDecided('confirm-on-use', fingerprint),
};
