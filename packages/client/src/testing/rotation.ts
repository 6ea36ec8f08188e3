/**
 * The identity of a refresh token in its session: its generation, its number among its siblings,
 * and its parent's number.
 */
export interface Place {
  readonly gen: number;
  readonly key: number;
  readonly parent: number;
}

/** A refresh token that is presented. */
export interface Presented extends Place {
  readonly epoch: number;
  /** The device that presents it. */
  readonly by: string;
}

interface Given {
  readonly key: number;
  readonly to: string;
  readonly at: number;
}

interface Superseded {
  readonly gen: number;
  readonly key: number;
  readonly at: number;
}

/**
 * Which refresh tokens of a session are good: the one that was last presented, what it has been
 * given, and what it has replaced of late.
 */
export interface Chain {
  readonly confirmed: { readonly gen: number; readonly key: number };
  /** How many children the confirmed token has been given. */
  readonly children: number;
  readonly given: readonly Given[];
  readonly superseded: readonly Superseded[];
}

export interface Rules {
  /** `confirm-on-use` forgives a lost answer at any time, `strict` inside the grace alone. */
  readonly rotationPolicy: 'confirm-on-use' | 'strict';
  /** How long a token that is presented again by the same device gets the same answer. */
  readonly graceSeconds: number;
}

export type Outcome =
  | {
      readonly kind: 'rotated' | 'replayed' | 'reissued';
      readonly chain: Chain;
      readonly child: Place;
      readonly givenAt: number;
    }
  | 'reused';

export const FIRST_PLACE: Place = { gen: 0, key: 1, parent: 0 };

/** As a session begins, and begins again when its password is changed. */
export function newChain(to: string, at: number): Chain {
  return {
    confirmed: { gen: -1, key: 0 },
    children: 1,
    given: [{ key: 1, to, at }],
    superseded: [],
  };
}

/**
 * The rules of "confirm on use": a token replaces its parent when it is presented, not when it is
 * issued.
 */
export function rotate(
  chain: Chain,
  token: Presented,
  now: number,
  { rotationPolicy, graceSeconds }: Rules,
): Outcome {
  const { confirmed, children } = chain;
  const isRecent = ({ at }: { at: number }) => now < at + graceSeconds * 1000;
  const given = chain.given.filter(isRecent);
  const superseded = chain.superseded.filter(isRecent);
  const childOf = (parent: { gen: number; key: number }, key: number): Place => ({
    gen: parent.gen + 1,
    key,
    parent: parent.key,
  });

  if (token.gen === confirmed.gen + 1 && token.parent === confirmed.key && token.key <= children) {
    const next = {
      confirmed: { gen: token.gen, key: token.key },
      children: 1,
      given: [{ key: 1, to: token.by, at: now }],
      superseded: [...superseded, { ...confirmed, at: now }],
    };
    return { kind: 'rotated', chain: next, child: childOf(token, 1), givenAt: now };
  }

  const isKnown = [confirmed, ...superseded].some(
    ({ gen, key }) => gen === token.gen && key === token.key,
  );
  if (!isKnown) return 'reused';

  const same = given.find(({ to }) => to === token.by);
  if (same)
    return { kind: 'replayed', chain, child: childOf(confirmed, same.key), givenAt: same.at };
  if (rotationPolicy === 'strict') return 'reused';

  const key = children + 1;
  const next = {
    confirmed,
    children: key,
    given: [...given, { key, to: token.by, at: now }],
    superseded,
  };
  return { kind: 'reissued', chain: next, child: childOf(confirmed, key), givenAt: now };
}
