import { beginDecided } from './decided.js';
import { evergreen } from './evergreen.js';
import type { Rule } from './rule.js';

/** What this product does with `ROTATION_POLICY=strict`. */
export const evergreenStrict: Rule = {
  id: 'evergreen-strict',
  name: 'Strict, with a window',
  by: 'Evergreen, ROTATION_POLICY=strict',
  isOurs: true,
  summary:
    'Each token can be used once. For ten seconds, the same client gets the same new token again; after that, or from another client, it counts as theft.',
  sources: evergreen.sources,
  reasons: {
    ...evergreen.reasons,
    reused:
      'This token was used before, and the ten seconds are over or the client is another one.',
  },
  begin: ({ fingerprint }) => beginDecided('strict', fingerprint),
};
