import {
  decideRotation,
  FIRST_TOKEN,
  MAX_REMEMBERED_TOKENS,
  newChain,
  type PresentedToken,
  type Rotation,
  type RotationPolicy,
  type RotationState,
  type TokenPlace,
} from './rotation.js';

const DAY_MS = 86_400_000;
const GRACE_MS = 10_000;
const START = 1_800_000_000_000;
const POLICY: RotationPolicy = { rotationPolicy: 'confirm-on-use', graceSeconds: 10 };
const STRICT: RotationPolicy = { ...POLICY, rotationPolicy: 'strict' };

const newSession = (): RotationState => ({
  ...newChain('laptop', START),
  epoch: 0,
  isEnded: false,
  lifetimeSeconds: (30 * DAY_MS) / 1000,
  expiresAt: START + 30 * DAY_MS,
  absoluteExpiresAt: START + 90 * DAY_MS,
});

/** A session that decisions are carried out on, as the store would. */
class Walk {
  state = newSession();

  constructor(private readonly policy = POLICY) {}

  present(token: TokenPlace, { at = START, by = 'laptop', epoch = 0 } = {}): Rotation {
    const presented: PresentedToken = { ...token, epoch, fingerprint: by };
    const decision = decideRotation(this.state, presented, at, this.policy);
    if (decision.kind === 'rotated' || decision.kind === 'reissued') {
      this.state = { ...this.state, ...decision.chain, expiresAt: decision.expiresAt };
    }
    if (decision.kind === 'reused') this.state = { ...this.state, isEnded: true };
    return decision;
  }

  next(token: TokenPlace, options: { at?: number; by?: string } = {}): TokenPlace {
    const decision = this.present(token, options);
    if (!('child' in decision)) throw new Error(`no child: ${decision.kind}`);
    return decision.child;
  }
}

describe('decideRotation', () => {
  it('rotates the first token of a session', () => {
    const decision = new Walk().present(FIRST_TOKEN);
    expect(decision).toMatchObject({
      kind: 'rotated',
      child: { generation: 1, key: 1, parentKey: 1 },
      expiresAt: START + 30 * DAY_MS,
    });
  });

  it('rotates on and on', () => {
    const walk = new Walk();
    let token: TokenPlace = FIRST_TOKEN;
    for (let round = 1; round <= 100; round++) {
      token = walk.next(token, { at: START + round });
      expect(token.generation).toBe(round);
    }
    expect(walk.state.superseded.length).toBeLessThanOrEqual(MAX_REMEMBERED_TOKENS);
  });

  describe('the same token again, by the same client', () => {
    it.each([
      ['at once', 0, 'replayed'],
      ['1 ms before the window ends', GRACE_MS - 1, 'replayed'],
      ['as the window ends', GRACE_MS, 'reissued'],
      ['1 ms after the window ended', GRACE_MS + 1, 'reissued'],
      ['a week later', 7 * DAY_MS, 'reissued'],
    ])('%s', (_when, later, kind) => {
      const walk = new Walk();
      walk.present(FIRST_TOKEN);
      expect(walk.present(FIRST_TOKEN, { at: START + later }).kind).toBe(kind);
    });

    it('gets the very child that it was given, with the expiry that it was given', () => {
      const walk = new Walk();
      walk.present(FIRST_TOKEN);
      const child = { generation: 1, key: 1, parentKey: 1 };
      expect(walk.present(FIRST_TOKEN, { at: START + 5000 })).toEqual({
        kind: 'replayed',
        child,
        expiresAt: START + 30 * DAY_MS,
      });
    });

    it('does not make the window slide', () => {
      const walk = new Walk();
      walk.present(FIRST_TOKEN);
      walk.present(FIRST_TOKEN, { at: START + GRACE_MS - 1 });
      expect(walk.present(FIRST_TOKEN, { at: START + GRACE_MS }).kind).toBe('reissued');
    });
  });

  it('gives another client inside the window a child of its own', () => {
    const walk = new Walk();
    walk.present(FIRST_TOKEN);
    expect(walk.present(FIRST_TOKEN, { by: 'renderer' })).toMatchObject({
      kind: 'reissued',
      child: { generation: 1, key: 2, parentKey: 1 },
    });
  });

  it('ends the session when two siblings are used', () => {
    const walk = new Walk();
    const mine = walk.next(FIRST_TOKEN);
    const stolen = walk.next(FIRST_TOKEN, { by: 'thief' });
    walk.present(mine);
    expect(walk.present(stolen, { by: 'thief' }).kind).toBe('reused');
    expect(walk.present(mine).kind).toBe('ended');
  });

  describe('a superseded token', () => {
    it.each([
      ['1 ms before the window ends', GRACE_MS - 1, 'replayed'],
      ['as the window ends', GRACE_MS, 'reused'],
      ['1 ms after the window ended', GRACE_MS + 1, 'reused'],
    ])('%s', (_when, later, kind) => {
      const walk = new Walk();
      const second = walk.next(FIRST_TOKEN);
      walk.present(second);
      expect(walk.present(FIRST_TOKEN, { at: START + later }).kind).toBe(kind);
    });
  });

  it.each([-1, 0, 2])('refuses the key %d where only key 1 was given', (key) => {
    const walk = new Walk();
    walk.present(FIRST_TOKEN);
    expect(walk.present({ generation: 1, key, parentKey: 1 }).kind).toBe('reused');
  });

  it('lets a client that never stores the rotated token go on with its first one', () => {
    const walk = new Walk();
    for (let day = 0; day < 30; day++) {
      expect(walk.present(FIRST_TOKEN, { at: START + day * DAY_MS }).kind).toBe(
        day === 0 ? 'rotated' : 'reissued',
      );
    }
  });

  it('forgives no lost answer after the window under the strict policy', () => {
    const walk = new Walk(STRICT);
    walk.present(FIRST_TOKEN);
    expect(walk.present(FIRST_TOKEN, { at: START + GRACE_MS - 1 }).kind).toBe('replayed');
    expect(walk.present(FIRST_TOKEN, { at: START + GRACE_MS }).kind).toBe('reused');
  });

  it('takes no second client inside the window under the strict policy', () => {
    const walk = new Walk(STRICT);
    walk.present(FIRST_TOKEN);
    expect(walk.present(FIRST_TOKEN, { by: 'renderer' }).kind).toBe('reused');
  });

  it('tells a token of an older epoch from a reused one, and touches nothing', () => {
    const walk = new Walk();
    walk.state = { ...walk.state, epoch: 1 };
    expect(walk.present(FIRST_TOKEN, { epoch: 0 })).toEqual({ kind: 'outdated' });
  });

  it('takes a token of an epoch that the row has not reached for reused', () => {
    expect(new Walk().present(FIRST_TOKEN, { epoch: 1 })).toEqual({ kind: 'reused' });
  });

  describe('a session past its expiry', () => {
    it.each([
      ['1 ms before', -1, 'rotated'],
      ['at', 0, 'expired'],
      ['1 ms after', 1, 'expired'],
    ])('%s', (_when, later, kind) => {
      expect(new Walk().present(FIRST_TOKEN, { at: START + 30 * DAY_MS + later }).kind).toBe(kind);
    });

    it('is expired, never reused, whatever token is presented', () => {
      expect(
        new Walk().present({ generation: 7, key: 1, parentKey: 1 }, { at: START + 31 * DAY_MS })
          .kind,
      ).toBe('expired');
    });

    it('is where an invalid date leads', () => {
      const walk = new Walk();
      walk.state = { ...walk.state, expiresAt: Number.NaN };
      expect(walk.present(FIRST_TOKEN).kind).toBe('expired');
    });
  });

  it('slides the expiry with every child, up to the absolute end', () => {
    const walk = new Walk();
    let token: TokenPlace = FIRST_TOKEN;
    for (const day of [20, 40, 60, 80]) {
      token = walk.next(token, { at: START + day * DAY_MS });
      expect(walk.state.expiresAt).toBe(START + Math.min(day + 30, 90) * DAY_MS);
    }
  });

  it('remembers at most 64 clients of one window', () => {
    const walk = new Walk();
    for (let client = 0; client < 100; client++)
      walk.present(FIRST_TOKEN, { by: `client ${client}` });
    expect(walk.state.children).toHaveLength(MAX_REMEMBERED_TOKENS);
    expect(walk.state.nextKey).toBe(100);
    expect(walk.present(FIRST_TOKEN, { by: 'client 99' }).kind).toBe('replayed');
  });

  it('forgets what left the window whenever it writes', () => {
    const walk = new Walk();
    const second = walk.next(FIRST_TOKEN, { by: 'laptop' });
    walk.present(FIRST_TOKEN, { by: 'renderer' });
    walk.present(second, { at: START + GRACE_MS });
    expect(walk.state.children).toHaveLength(1);
    expect(walk.state.superseded).toEqual([[0, 1, START + GRACE_MS]]);
  });
});
