import { MAX_ACCESS_SECONDS } from '../../../platform/config/index.js';
import type { DatedKey } from './stored-keys.js';

/**
 * How long a new key only verifies before it may sign. Instances read the keys every two seconds, and
 * other services may cache the published keys for a minute: until both have the key, they would
 * reject tokens that it signed.
 */
const SETTLES_IN_MS = 120_000;

/**
 * How long a key that no longer signs still verifies: the longest lifetime of an access token, and an
 * hour for clocks that differ.
 */
const NEEDED_FOR_MS = (MAX_ACCESS_SECONDS + 3600) * 1000;

/** What a run of the command did, if anything. */
export type RotationStep =
  | { readonly kind: 'created'; readonly keyId: string }
  | { readonly kind: 'added'; readonly keyId: string; readonly promotableAt: Date }
  | { readonly kind: 'too-early'; readonly keyId: string; readonly promotableAt: Date }
  | {
      readonly kind: 'promoted';
      readonly keyId: string;
      readonly retiredId: string;
      readonly neededUntil: Date;
    };

export interface KeyRotation {
  readonly step: RotationStep;
  /** The keys after the step. */
  readonly keys: readonly DatedKey[];
}

/**
 * Does the next of the two steps of a rotation. The first adds a key that only verifies. The second,
 * once every instance has that key, makes it sign; from then on the previous key only verifies.
 */
export function rotateKeys(
  keys: readonly DatedKey[],
  now: Date,
  makeKey: () => DatedKey,
): KeyRotation {
  const [signing, ...others] = keys;
  const waiting = others.find(isWaiting);
  if (!signing) return create(makeKey());
  if (!waiting) return add(keys, makeKey());
  if (!(now >= promotableAt(waiting))) return wait(keys, waiting);
  return promote(signing, others, waiting, now);
}

/** The keys that may still be needed to verify or to sign. The first is always among them. */
export function neededKeys(keys: readonly DatedKey[], now: Date): readonly DatedKey[] {
  return keys.filter(
    ({ retired_at }, place) =>
      place === 0 || retired_at === undefined || now < neededUntil(new Date(retired_at)),
  );
}

function create(key: DatedKey): KeyRotation {
  return { step: { kind: 'created', keyId: key.kid }, keys: [key] };
}

function add(keys: readonly DatedKey[], key: DatedKey): KeyRotation {
  return {
    step: { kind: 'added', keyId: key.kid, promotableAt: promotableAt(key) },
    keys: [...keys, key],
  };
}

function wait(keys: readonly DatedKey[], key: DatedKey): KeyRotation {
  return { step: { kind: 'too-early', keyId: key.kid, promotableAt: promotableAt(key) }, keys };
}

function promote(
  signing: DatedKey,
  others: readonly DatedKey[],
  next: DatedKey,
  now: Date,
): KeyRotation {
  // Without its private part: a key that no longer signs must not be stolen.
  const retired = { ...signing, d: undefined, retired_at: now.toISOString() };
  return {
    step: {
      kind: 'promoted',
      keyId: next.kid,
      retiredId: signing.kid,
      neededUntil: neededUntil(now),
    },
    keys: [next, retired, ...others.filter((key) => key !== next)],
  };
}

/** A key that has not signed yet. */
function isWaiting({ d, retired_at }: DatedKey): boolean {
  return d !== undefined && retired_at === undefined;
}

function promotableAt({ created_at }: DatedKey): Date {
  return new Date(Date.parse(created_at) + SETTLES_IN_MS);
}

function neededUntil(retiredAt: Date): Date {
  return new Date(retiredAt.getTime() + NEEDED_FOR_MS);
}
