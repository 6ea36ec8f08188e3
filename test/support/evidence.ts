import { appendFileSync } from 'node:fs';

/**
 * Notes what a test has counted, for `npm run evidence`, which names a file for it. In every other
 * run it does nothing.
 */
export function noteEvidence(name: string, values: Readonly<Record<string, unknown>>): void {
  const file = process.env.EVIDENCE_FILE;
  if (file) appendFileSync(file, `${JSON.stringify({ name, values })}\n`);
}
