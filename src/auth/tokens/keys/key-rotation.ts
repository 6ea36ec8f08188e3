import { MAX_ACCESS_SECONDS } from '../../../platform/config/index.js';
import type { DatedKey } from './stored-keys.js';

/**
 * How long a new key only verifies before it may sign. Every instance must have read it by then, or
 * it would refuse the others' tokens, and they read every two seconds; other services may keep the
 * published keys for a minute.
 */
const SETTLES_IN_MS = 120_000;

/**
 * How long a key that has stopped signing goes on verifying: as long as an access token may live,
 * and an hour for clocks that differ.
 */
const NEEDED_FOR_MS = (MAX_ACCESS_SECONDS + 3600) * 1000;

/** What a run of the command has done, if anything. */
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

export interface Rotation {
  readonly step: RotationStep;
  /** The keys as they are to be from now on. */
  readonly keys: readonly DatedKey[];
}

/**
 * Takes the next of a rotation's two steps: the first adds a key that all verify and none signs
 * with; the second, once every instance knows it, lets it sign, and the key before it only verify.
 */
export function rotateKeys(
  keys: readonly DatedKey[],
  now: Date,
  makeKey: () => DatedKey,
): Rotation {
  const [signing, ...others] = keys;
  const waiting = others.find(isWaiting);
  if (!signing) return create(makeKey());
  if (!waiting) return add(keys, makeKey());
  if (!(now >= promotableAt(waiting))) return wait(keys, waiting);
  return promote(signing, others, waiting, now);
}

/** The keys that may still have tokens to verify, or to sign. The first is always among them. */
export function neededKeys(keys: readonly DatedKey[], now: Date): readonly DatedKey[] {
  return keys.filter(
    ({ retired_at }, place) =>
      place === 0 || retired_at === undefined || now < neededUntil(new Date(retired_at)),
  );
}

function create(key: DatedKey): Rotation {
  return { step: { kind: 'created', keyId: key.kid }, keys: [key] };
}

function add(keys: readonly DatedKey[], key: DatedKey): Rotation {
  return {
    step: { kind: 'added', keyId: key.kid, promotableAt: promotableAt(key) },
    keys: [...keys, key],
  };
}

function wait(keys: readonly DatedKey[], key: DatedKey): Rotation {
  return { step: { kind: 'too-early', keyId: key.kid, promotableAt: promotableAt(key) }, keys };
}

function promote(
  signing: DatedKey,
  others: readonly DatedKey[],
  next: DatedKey,
  now: Date,
): Rotation {
  // What no longer signs keeps no private part, so it cannot be stolen.
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

/** It could sign, and never has. */
function isWaiting({ d, retired_at }: DatedKey): boolean {
  return d !== undefined && retired_at === undefined;
}

function promotableAt({ created_at }: DatedKey): Date {
  return new Date(Date.parse(created_at) + SETTLES_IN_MS);
}

function neededUntil(retiredAt: Date): Date {
  return new Date(retiredAt.getTime() + NEEDED_FOR_MS);
}
