// Adds the secrets of a public list, one per line, to the rejected ones:
// npm run --silent secrets:digest < list > known-secret-digests.ts
import { createInterface } from 'node:readline';
import { KNOWN_SECRET_DIGESTS } from './known-secret-digests.js';
import { digestOf } from './known-secrets.js';
import { signingSecretWeakness } from './secret-strength.js';

const DIGESTS_A_LINE = 7;

const digests = new Set(KNOWN_SECRET_DIGESTS);
for await (const secret of createInterface({ input: process.stdin }))
  if (signingSecretWeakness(secret) === undefined) digests.add(digestOf(secret));

const sorted = [...digests].filter(Boolean).sort();
const lines = Array.from({ length: Math.ceil(sorted.length / DIGESTS_A_LINE) }, (_, line) =>
  sorted.slice(line * DIGESTS_A_LINE, (line + 1) * DIGESTS_A_LINE).join(' '),
);
console.log(`/**
 * Digests of signing secrets that are public, and are not refused for another reason. Made by \`npm
 * run --silent secrets:digest < list\` from lists such as github.com/wallarm/jwt-secrets.
 */
export const KNOWN_SECRET_DIGESTS: readonly string[] = \`
${lines.join('\n')}
\`
  .trim()
  .split(/\\s+/);`);
