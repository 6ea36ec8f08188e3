import type { ErrorCode } from './error-codes.js';
import { isBefore, slidingExpiresAt, type Lifetime } from './expiry.js';

/** A refresh token's identity inside its session: the claims `gen`, `key` and `parent`. */
export interface TokenPlace {
  readonly generation: number;
  readonly key: number;
  readonly parentKey: number;
}

/** A refresh token as somebody presents it. */
export interface PresentedToken extends TokenPlace {
  readonly epoch: number;
  /** The presenting client's fingerprint, see `src/auth/client-info/fingerprint.ts`. */
  readonly fingerprint: string;
  /**
   * The thumbprint of the key that the token is bound to, and that its presenter has proved to
   * hold. Absent or null if the token is not bound.
   */
  readonly keyThumbprint?: string | null | undefined;
}

/**
 * A child of the confirmed token and whom it was given to. `at` is in epoch milliseconds of the
 * database's clock.
 */
export type Child = readonly [key: number, fingerprint: string, at: number];

/**
 * A token whose child has been confirmed since. `at` is in epoch milliseconds of the database's
 * clock.
 */
export type Superseded = readonly [generation: number, key: number, at: number];

/**
 * Where the tokens of a session stand. The *confirmed* token, `(generation, generationKey)`, is the
 * last one that somebody presented; it has been given `nextKey` children, of which some may never
 * have been received.
 */
export interface Chain {
  readonly generation: number;
  readonly generationKey: number;
  readonly nextKey: number;
  readonly children: readonly Child[];
  readonly superseded: readonly Superseded[];
}

/**
 * What a rotation is decided on: the session's row. Instants are epoch milliseconds of the
 * database's clock.
 */
export interface RotationState extends Chain, Lifetime {
  readonly epoch: number;
  readonly expiresAt: number;
  readonly isEnded: boolean;
  /** The thumbprint of the key that the session is bound to; absent or null if it is not bound. */
  readonly keyThumbprint?: string | null | undefined;
}

/**
 * `strict` follows the letter of RFC 9700 section 4.14.2: who comes back after the window is taken
 * for a thief.
 */
export interface RotationPolicy {
  readonly rotationPolicy: 'confirm-on-use' | 'strict';
  /** How long racing and retrying clients get the same child. */
  readonly graceSeconds: number;
}

/** The refresh token to hand out. Its expiry is the session's, too, where the outcome writes. */
export interface IssuedChild {
  readonly child: TokenPlace;
  readonly expiresAt: number;
}

/**
 * What presenting a refresh token comes to:
 *
 * - `rotated`: a child of the confirmed token was used, so it is confirmed now and gets its first
 *   child;
 * - `replayed`: this client was given a child inside the window and gets that one again; nothing is
 *   written;
 * - `reissued`: an answer was lost, or a second client holds the same token: a further child. In a
 *   bound session also for a token that would be `reused`, which then is `isOldToken`: its
 *   presenter holds the key, so it comes from a backup or a lost write of the owner's;
 * - `reused`: a token that an honest client cannot hold any more; the session must end;
 * - `ended`, `expired`, `outdated`: the session is over, or the token is from before a change of
 *   password, or of another key; nothing is written.
 */
export type Rotation =
  | ({ readonly kind: 'rotated'; readonly chain: Chain } & IssuedChild)
  | ({
      readonly kind: 'reissued';
      readonly chain: Chain;
      readonly isOldToken?: true;
    } & IssuedChild)
  | ({ readonly kind: 'replayed' } & IssuedChild)
  | { readonly kind: 'reused' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'outdated' };

/** The error that a client is answered with where it gets no token, by the kind of the outcome. */
export const REFUSAL_CODES = {
  reused: 'refresh_reuse_detected',
  expired: 'session_expired',
  ended: 'session_revoked',
  // A token from before a change of password is as dead as one of an ended session, for whoever
  // holds it.
  outdated: 'session_revoked',
} as const satisfies Record<Exclude<Rotation, IssuedChild>['kind'], ErrorCode>;

/** Bounds the row: more clients than this do not share one refresh token inside one window. */
export const MAX_REMEMBERED_TOKENS = 64;

/**
 * The chain of a session that has just begun: the child `(0, 1)` of a virtual confirmed token `(-1,
 * 0)`.
 */
export function newChain(fingerprint: string, now: number): Chain {
  return {
    generation: -1,
    generationKey: 0,
    nextKey: 1,
    children: [[1, fingerprint, now]],
    superseded: [],
  };
}

/** The refresh token that a session begins with. */
export const FIRST_TOKEN: TokenPlace = { generation: 0, key: 1, parentKey: 0 };

/** The refresh token that follows one which has just been confirmed. */
export function firstChildOf({ generation, key }: TokenPlace): TokenPlace {
  return { generation: generation + 1, key: 1, parentKey: key };
}

/**
 * Decides what a presented refresh token is worth ("confirm on use"). Whoever receives a token
 * confirms it by presenting it; until then its parent stays good, so an answer that got lost costs
 * nothing, while two holders of one token find out about each other as soon as both have used what
 * they were given.
 *
 * The token of a bound session is presented with a proof of its key, which was checked before. Its
 * session never ends by reuse: RFC 9700, section 4.14.2, asks for rotation or for sender
 * constraint.
 *
 * `now` is in epoch milliseconds of the database's clock, read together with `state`.
 */
export function decideRotation(
  state: RotationState,
  token: PresentedToken,
  now: number,
  policy: RotationPolicy,
): Rotation {
  if (state.isEnded) return { kind: 'ended' };
  if (token.epoch < state.epoch || !isOfSameKey(state, token)) return { kind: 'outdated' };
  if (!isBefore(now, state.expiresAt)) return { kind: 'expired' };

  const inWindow = (at: number): boolean => isBefore(now, at + policy.graceSeconds * 1000);
  const decision = decideByChain(state, token, now, policy, inWindow);
  return decision.kind === 'reused' && isBound(state)
    ? { ...reissue(state, token, now, inWindow), isOldToken: true }
    : decision;
}

function isOfSameKey(state: RotationState, token: PresentedToken): boolean {
  return (state.keyThumbprint ?? null) === (token.keyThumbprint ?? null);
}

function isBound({ keyThumbprint }: RotationState): boolean {
  return typeof keyThumbprint === 'string';
}

function decideByChain(
  state: RotationState,
  token: PresentedToken,
  now: number,
  policy: RotationPolicy,
  inWindow: (at: number) => boolean,
): Rotation {
  // A token of an epoch that the database has lost: nobody can tell any more who should hold it.
  if (token.epoch > state.epoch) return { kind: 'reused' };
  if (isChildOfConfirmed(state, token)) return rotate(state, token, now, inWindow);
  if (!isConfirmed(state, token) && !isSuperseded(state, token, inWindow))
    return { kind: 'reused' };

  const given = state.children.find(
    ([, fingerprint, at]) => fingerprint === token.fingerprint && inWindow(at),
  );
  if (given) return replay(state, given);
  return policy.rotationPolicy === 'strict'
    ? { kind: 'reused' }
    : reissue(state, token, now, inWindow);
}

function isChildOfConfirmed(chain: Chain, { generation, key, parentKey }: TokenPlace): boolean {
  return (
    generation === chain.generation + 1 &&
    parentKey === chain.generationKey &&
    key >= 1 &&
    key <= chain.nextKey
  );
}

function isConfirmed(chain: Chain, { generation, key }: TokenPlace): boolean {
  return generation === chain.generation && key === chain.generationKey;
}

function isSuperseded(chain: Chain, token: TokenPlace, inWindow: (at: number) => boolean): boolean {
  return chain.superseded.some(
    ([generation, key, at]) => generation === token.generation && key === token.key && inWindow(at),
  );
}

function rotate(
  state: RotationState,
  token: PresentedToken,
  now: number,
  inWindow: (at: number) => boolean,
): Rotation {
  const superseded = state.superseded.filter(([, , at]) => inWindow(at));
  return {
    kind: 'rotated',
    child: firstChildOf(token),
    expiresAt: slidingExpiresAt(state, now),
    chain: {
      generation: token.generation,
      generationKey: token.key,
      nextKey: 1,
      children: [[1, token.fingerprint, now]],
      superseded: newest([...superseded, [state.generation, state.generationKey, now]]),
    },
  };
}

function replay(state: RotationState, [key, , at]: Child): Rotation {
  return {
    kind: 'replayed',
    child: childOfConfirmed(state, key),
    expiresAt: slidingExpiresAt(state, at),
  };
}

function reissue(
  state: RotationState,
  token: PresentedToken,
  now: number,
  inWindow: (at: number) => boolean,
): Extract<Rotation, { kind: 'reissued' }> {
  const key = state.nextKey + 1;
  const children = state.children.filter(([, , at]) => inWindow(at));
  return {
    kind: 'reissued',
    child: childOfConfirmed(state, key),
    expiresAt: slidingExpiresAt(state, now),
    chain: {
      generation: state.generation,
      generationKey: state.generationKey,
      nextKey: key,
      children: newest([...children, [key, token.fingerprint, now]]),
      superseded: state.superseded.filter(([, , at]) => inWindow(at)),
    },
  };
}

function childOfConfirmed({ generation, generationKey }: Chain, key: number): TokenPlace {
  return { generation: generation + 1, key, parentKey: generationKey };
}

function newest<Entry>(entries: readonly Entry[]): readonly Entry[] {
  return entries.slice(-MAX_REMEMBERED_TOKENS);
}
