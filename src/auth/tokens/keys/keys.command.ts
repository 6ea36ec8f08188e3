/**
 * The command `npm run keys:rotate -- <file>`: does the next step of a rotation and prints the step
 * after it. See docs/keys.md.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { Clock } from '../../../platform/clock/index.js';
import { keySetOf } from './key-set.js';
import { neededKeys, rotateKeys, type RotationStep } from './key-rotation.js';
import { newKey } from './new-key.js';
import { parseStoredKeys, writeStoredKeys, type DatedKey } from './stored-keys.js';

/** Rotates the keys of a file; returns a text for the operator. */
function rotateFile(file: string, now: Date): string {
  const stored = existsSync(file) ? readDatedKeys(file) : [];
  const needed = neededKeys(stored, now);
  const { step, keys } = rotateKeys(needed, now, () => newKey(now));
  // Throws if a key does not work, so that an unusable file is never written.
  keySetOf(keys);
  writeStoredKeys(file, keys);

  const removed = stored.filter((key) => !needed.includes(key)).map(({ kid }) => kid);
  return [
    ...removed.map((kid) => `Removed ${kid}, which no access token needs any more.`),
    say(step),
  ].join('\n');
}

/**
 * A key without a creation time was created before the last change of the file, so it gets that
 * time.
 */
function readDatedKeys(file: string): readonly DatedKey[] {
  const created_at = statSync(file).mtime.toISOString();
  return parseStoredKeys(readFileSync(file, 'utf8')).map((key) => ({ created_at, ...key }));
}

function say(step: RotationStep): string {
  switch (step.kind) {
    case 'created':
      return `Created ${step.keyId}: instances that start with this file as JWT_KEYS_FILE sign access tokens with it.`;
    case 'added':
      return `Added ${step.keyId}, which verifies and does not sign yet: run this again at ${inUtc(step.promotableAt)} or later to let it sign.`;
    case 'too-early':
      return `Waiting: ${step.keyId} is so new that an instance may not have read it. Run this again at ${inUtc(step.promotableAt)} or later.`;
    case 'promoted':
      return `Promoted ${step.keyId}, which signs from now on; ${step.retiredId} only verifies, and the first run after ${inUtc(step.neededUntil)} removes it.`;
  }
}

function inUtc(instant: Date): string {
  return instant.toISOString();
}

const [file] = process.argv.slice(2);
try {
  if (!file) throw new Error('Name the file of keys: npm run keys:rotate -- <file>');
  console.log(rotateFile(file, new Date(new Clock().nowMs())));
} catch (error) {
  console.error(`Nothing was changed: ${(error as Error).message}`);
  process.exitCode = 1;
}
