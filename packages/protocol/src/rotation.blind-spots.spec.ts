import {
  decideRotation,
  FIRST_TOKEN,
  newChain,
  type Rotation,
  type RotationState,
  type TokenPlace,
} from './rotation.js';

// What SECURITY.md says that rotation cannot see, W1 to W4: who finds out that a line of it is no
// longer true may change that page.

const DAY_MS = 86_400_000;
const POLICY = { rotationPolicy: 'confirm-on-use', graceSeconds: 10 } as const;

const newSession = (): RotationState => ({
  ...newChain('victim', 0),
  epoch: 0,
  isEnded: false,
  lifetimeSeconds: (30 * DAY_MS) / 1000,
  expiresAt: 30 * DAY_MS,
  absoluteExpiresAt: 90 * DAY_MS,
});

interface Outcome {
  readonly kind: Rotation['kind'];
  readonly state: RotationState;
  /** What the client is given; none where the session has ended. */
  readonly child?: TokenPlace;
}

function present(state: RotationState, token: TokenPlace, by: string, now: number): Outcome {
  const decision = decideRotation(state, { ...token, epoch: 0, fingerprint: by }, now, POLICY);
  const chain = 'chain' in decision ? decision.chain : {};
  return {
    kind: decision.kind,
    state: { ...state, ...chain },
    child: 'child' in decision ? decision.child : undefined,
  };
}

interface Walk {
  readonly state: RotationState;
  /** By the victim; the thief holds the first token for ever. */
  readonly held: TokenPlace;
  readonly last?: string;
  readonly changes: number;
  readonly now: number;
  /** Answers to the victim that may still get lost. */
  readonly lost: number;
}

describe('rotation does not see', () => {
  it('W1: a thief with the fingerprint of the victim who always comes within the grace', () => {
    let state = newSession();
    let token = FIRST_TOKEN;
    for (let round = 0; round < 40; round++) {
      const now = round * 3_600_000;
      const victim = present(state, token, 'victim', now);
      const thief = present(victim.state, token, 'victim', now + 9000);
      expect([victim.kind, thief.kind]).toEqual(['rotated', 'replayed']);
      expect(thief.child).toEqual(victim.child);
      state = thief.state;
      token = victim.child as TokenPlace;
    }
  });

  it('W2: a client and a thief who both never store what they are given', () => {
    let state = newSession();
    const kinds = new Set<string>();
    for (let turn = 0; turn < 40; turn++) {
      const outcome = present(
        state,
        FIRST_TOKEN,
        turn % 2 ? 'thief' : 'victim',
        (turn * DAY_MS) / 4,
      );
      kinds.add(outcome.kind);
      state = outcome.state;
    }
    expect([...kinds].sort()).toEqual(['reissued', 'rotated']);
  });

  /** The most changes of turn before the session ends, over all orders of so many steps. */
  function mostChanges(steps: number, answersLost: number): number {
    const walk = ({ state, held, last, changes, now, lost }: Walk, left: number): number => {
      if (left === 0) return changes;
      const results = (['victim', 'thief'] as const).flatMap((party) => {
        const token = party === 'victim' ? held : FIRST_TOKEN;
        const outcome = present(state, token, party, now);
        const after = changes + (last !== undefined && last !== party ? 1 : 0);
        if (!outcome.child) return [changes];
        const next = { state: outcome.state, last: party, changes: after, now: now + DAY_MS / 24 };
        // The thief throws the child away; the victim stores it, if it arrives.
        if (party === 'thief') return [walk({ ...next, held, lost }, left - 1)];
        return [
          walk({ ...next, held: outcome.child, lost }, left - 1),
          ...(lost > 0 ? [walk({ ...next, held, lost: lost - 1 }, left - 1)] : []),
        ];
      });
      return Math.max(...results);
    };
    return walk(
      { state: newSession(), held: FIRST_TOKEN, changes: 0, now: 0, lost: answersLost },
      steps,
    );
  }

  it.each([
    [0, 3],
    [1, 5],
    [2, 7],
  ])(
    'W3: a thief who throws away what is given, while %d answers to the victim get lost, for %d changes of turn',
    (answersLost, changes) => {
      expect(mostChanges(11, answersLost)).toBe(changes);
    },
  );

  it('W4: who presents an old token', () => {
    const first = present(newSession(), FIRST_TOKEN, 'victim', 0);
    const second = present(first.state, first.child as TokenPlace, 'victim', DAY_MS);
    const third = present(second.state, second.child as TokenPlace, 'victim', 2 * DAY_MS);
    expect(present(third.state, FIRST_TOKEN, 'finder', 3 * DAY_MS).kind).toBe('reused');
    expect(present(third.state, FIRST_TOKEN, 'victim', 3 * DAY_MS).kind).toBe('reused');
  });
});
