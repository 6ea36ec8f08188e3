import { createHash } from 'node:crypto';
import { KNOWN_SECRET_DIGESTS } from './known-secret-digests.js';

/** A random secret has the digest of one of 100,000 known ones by a chance of 1 in 10^9. */
const DIGEST_DIGITS = 12;

const known: ReadonlySet<string> = new Set(KNOWN_SECRET_DIGESTS);

/** Whether a secret is on one of the lists that attackers try: somebody has published it. */
export function isKnownSecret(secret: string): boolean {
  return known.has(digestOf(secret));
}

/** What stands for a known secret, so that no list of secrets has to be shipped. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, DIGEST_DIGITS);
}
