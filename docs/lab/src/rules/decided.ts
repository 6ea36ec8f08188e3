import {
  decideRotation,
  FIRST_TOKEN,
  newChain,
  type Rotation,
  type RotationPolicy,
  type RotationState,
  type TokenPlace,
} from '#protocol';
import { keyOf, type Token } from '../history/token.js';
import {
  type Answer,
  ENDED,
  type Presenter,
  type RuleSession,
  SPENT,
  type Standing,
} from './rule.js';

/** `REFRESH_GRACE_SECONDS`, as it is by default. */
const GRACE_SECONDS = 10;
/** Longer than any history. */
const LIFETIME_SECONDS = 1e9;

/** How a presented token is decided on; by default `decideRotation` itself. */
export type Decide = (
  state: RotationState,
  token: TokenPlace,
  by: Presenter,
  now: number,
  policy: RotationPolicy,
) => Rotation | { readonly kind: 'unproved' };

interface Decided {
  readonly state: RotationState;
  /** Where the tokens that were issued stand in the chain. */
  readonly places: Readonly<Record<string, TokenPlace>>;
  readonly policy: RotationPolicy;
  readonly decide: Decide;
}

/** A new session of ours. What becomes of it is decided by the product's own function. */
export function beginDecided(
  rotationPolicy: RotationPolicy['rotationPolicy'],
  fingerprint: string,
  decide: Decide = decideByFingerprint,
): RuleSession {
  return sessionOf({
    state: {
      ...newChain(fingerprint, 0),
      epoch: 0,
      isEnded: false,
      lifetimeSeconds: LIFETIME_SECONDS,
      expiresAt: LIFETIME_SECONDS * 1000,
      absoluteExpiresAt: LIFETIME_SECONDS * 1000,
    },
    places: { [keyOf(tokenAt(FIRST_TOKEN))]: FIRST_TOKEN },
    policy: { rotationPolicy, graceSeconds: GRACE_SECONDS },
    decide,
  });
}

/** What the server does with tokens that are bound to nothing. */
const decideByFingerprint: Decide = (state, place, { fingerprint }, now, policy) =>
  decideRotation(state, { ...place, epoch: state.epoch, fingerprint }, now, policy);

function sessionOf(decided: Decided): RuleSession {
  return {
    present: (token, by, now) => present(decided, token, by, now),
    standing: (token, now) => standing(decided, token, now),
  };
}

function present(decided: Decided, token: Token, by: Presenter, now: number): Answer {
  const { state, places, policy, decide } = decided;
  const decision = decide(state, places[keyOf(token)] as TokenPlace, by, now, policy);
  switch (decision.kind) {
    case 'rotated':
    case 'reissued':
      return granted({ ...decided, state: { ...state, ...decision.chain } }, decision);
    case 'replayed':
      return granted(decided, decision);
    case 'unproved':
      return { outcome: 'unproved', session: sessionOf(decided) };
    case 'reused':
      return { outcome: 'reused', session: ENDED };
    // Expiry and changes of password are left out of these histories.
    case 'ended':
    case 'expired':
    case 'outdated':
      return { outcome: 'ended', session: ENDED };
  }
}

function granted(
  decided: Decided,
  { kind, child }: Extract<Rotation, { child: TokenPlace }>,
): Answer {
  const token = tokenAt(child);
  const places = { ...decided.places, [keyOf(token)]: child };
  return {
    outcome: kind,
    token,
    parent: { generation: child.generation - 1, sibling: child.parentKey },
    session: sessionOf({ ...decided, places }),
  };
}

/** What would come of presenting it, by the function that decides. */
function standing({ state, places, policy, decide }: Decided, token: Token, now: number): Standing {
  const place = places[keyOf(token)] as TokenPlace;
  const [, holder, givenAt] = state.children.at(-1) ?? [0, '', now];
  const { kind } = decide(state, place, { fingerprint: holder, hasKey: true }, now, policy);
  if (kind === 'rotated') return { kind: 'unused' };
  if (kind === 'reused') return SPENT;
  const windowMs = policy.graceSeconds * 1000;
  if (place.generation === state.generation && place.key === state.generationKey)
    return policy.rotationPolicy === 'strict'
      ? { kind: 'confirmed', acceptedUntil: givenAt + windowMs, windowMs }
      : { kind: 'confirmed' };
  const superseded = state.superseded.find(
    ([generation, key]) => generation === place.generation && key === place.key,
  );
  if (!superseded || now >= superseded[2] + windowMs) return { kind: 'superseded' };
  return { kind: 'superseded', acceptedUntil: superseded[2] + windowMs, windowMs };
}

function tokenAt({ generation, key }: TokenPlace): Token {
  return { generation, sibling: key };
}
