import fc from 'fast-check';
import {
  decideRotation,
  FIRST_TOKEN,
  newChain,
  type PresentedToken,
  type RotationPolicy,
  type RotationState,
  type TokenPlace,
} from './rotation.js';

const KEY = 'thumbprint';
const GRACE_MS = 10_000;
const TICK_MS = 4000;
const DAY_MS = 86_400_000;
const POLICY: RotationPolicy = { rotationPolicy: 'confirm-on-use', graceSeconds: 10 };

const newSession = (): RotationState => ({
  ...newChain(KEY, 0),
  epoch: 0,
  isEnded: false,
  lifetimeSeconds: (30 * DAY_MS) / 1000,
  expiresAt: 30 * DAY_MS,
  absoluteExpiresAt: 90 * DAY_MS,
  keyThumbprint: KEY,
});

const presentedBy = (token: TokenPlace, keyThumbprint: string | null = KEY): PresentedToken => ({
  ...token,
  epoch: 0,
  fingerprint: KEY,
  keyThumbprint,
});

/** A session whose token was refreshed so often, a minute each. */
function afterRefreshes(count: number): { state: RotationState; now: number } {
  let state = newSession();
  let token = FIRST_TOKEN;
  for (let round = 0; round < count; round++) {
    const decision = decideRotation(state, presentedBy(token), round * 60_000, POLICY);
    if (decision.kind !== 'rotated') throw new Error(decision.kind);
    state = { ...state, ...decision.chain };
    token = decision.child;
  }
  return { state, now: count * 60_000 };
}

describe('a session that is bound to a key', () => {
  it.each(['confirm-on-use', 'strict'] as const)(
    'gives its holder one more child for a token that would be reused, with the policy %s',
    (rotationPolicy) => {
      const { state, now } = afterRefreshes(4);
      const policy = { ...POLICY, rotationPolicy };
      const unbound = { ...state, keyThumbprint: null };
      const old = presentedBy(FIRST_TOKEN);
      expect(decideRotation(unbound, { ...old, keyThumbprint: null }, now, policy).kind).toBe(
        'reused',
      );
      const decision = decideRotation(state, old, now, policy);
      expect(decision).toMatchObject({
        kind: 'reissued',
        isOldToken: true,
        child: { generation: 4, key: 2, parentKey: 1 },
      });
    },
  );

  it('gives its holder a child for a token of an epoch that the database has lost', () => {
    const { state, now } = afterRefreshes(2);
    const token = { ...presentedBy(FIRST_TOKEN), epoch: 1 };
    expect(decideRotation(state, token, now, POLICY)).toMatchObject({ isOldToken: true });
  });

  it.each([
    ['of another key', KEY, 'other'],
    ['that is bound to nothing', KEY, null],
    ['that is bound to a key, in a session that is not', null, KEY],
  ])('takes a token %s for one from before, and ends nothing', (_what, ofSession, ofToken) => {
    const state = { ...newSession(), keyThumbprint: ofSession };
    const decision = decideRotation(state, presentedBy(FIRST_TOKEN, ofToken), 0, POLICY);
    expect(decision).toEqual({ kind: 'outdated' });
  });

  it.each([
    ['ended', { isEnded: true }],
    ['expired', { expiresAt: 0 }],
    ['outdated', { epoch: 1 }],
  ])('is over for its holder, too, once it is %s', (kind, change) => {
    const state = { ...newSession(), ...change };
    expect(decideRotation(state, presentedBy(FIRST_TOKEN), 0, POLICY)).toEqual({ kind });
  });

  it('decides as one that is not bound, but for reuse', () => {
    const places = fc.record({
      generation: fc.integer({ min: 0, max: 5 }),
      key: fc.integer({ min: 1, max: 3 }),
      parentKey: fc.integer({ min: 0, max: 2 }),
    });
    const ages = fc.constantFrom(0, GRACE_MS - 1, GRACE_MS, GRACE_MS + 1, DAY_MS);
    fc.assert(
      fc.property(places, fc.nat(4), ages, (place, refreshes, age) => {
        const { state, now } = afterRefreshes(refreshes);
        const token = presentedBy(place);
        const free = { keyThumbprint: null };
        const at = now - 60_000 + age;
        const unbound = decideRotation({ ...state, ...free }, { ...token, ...free }, at, POLICY);
        const bound = decideRotation(state, token, at, POLICY);
        if (unbound.kind === 'reused')
          expect(bound).toMatchObject({ kind: 'reissued', isOldToken: true });
        else expect(bound).toEqual(unbound);
      }),
    );
  });
});

describe('every history of a holder who presents any token that was ever given', () => {
  interface World {
    readonly state: RotationState;
    readonly tokens: readonly TokenPlace[];
    readonly now: number;
  }

  function* successors({ state, tokens, now }: World): Generator<World> {
    for (const token of tokens) {
      const decision = decideRotation(state, presentedBy(token), now, POLICY);
      if (!('child' in decision)) throw new Error(`the holder was told: ${decision.kind}`);
      const chain = 'chain' in decision ? decision.chain : {};
      const { child } = decision;
      const isKnown = tokens.some(
        ({ generation, key, parentKey }) =>
          generation === child.generation && key === child.key && parentKey === child.parentKey,
      );
      const after = { ...state, ...chain, expiresAt: now + 30 * DAY_MS };
      yield { state: after, tokens: isKnown ? tokens : [...tokens, child], now };
    }
    yield { state, tokens, now: now + TICK_MS };
    yield { state, tokens, now: now + DAY_MS };
  }

  const count = (world: World, depth: number): number => {
    if (depth === 0) return 1;
    let histories = 0;
    for (const next of successors(world)) histories += count(next, depth - 1);
    return histories;
  };

  it('7 steps deep: always gives a token, and never ends the session', () => {
    const start = { state: newSession(), tokens: [FIRST_TOKEN], now: 0 };
    expect(count(start, 7)).toBeGreaterThan(10_000);
  });
});
