import { createHash } from 'node:crypto';
import { KNOWN_SECRET_DIGESTS } from './known-secret-digests.js';

/** With 100,000 known secrets, a random one has a known digest with probability 1 in 10^9. */
const DIGEST_DIGITS = 12;

const known: ReadonlySet<string> = new Set(KNOWN_SECRET_DIGESTS);

/** True if a secret is on a published list, which attackers try. */
export function isKnownSecret(secret: string): boolean {
  return known.has(digestOf(secret));
}

/** A digest, so that the package need not contain the secrets themselves. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, DIGEST_DIGITS);
}
