import fc from 'fast-check';
import {
  decideRotation,
  newChain,
  REFUSAL_CODES,
  type Rotation,
  type RotationPolicy,
  type RotationState,
} from '#protocol';
import { createFakeClock } from './fake-clock.js';
import { createFakeServer } from './fake-server.js';
import { readToken, type RefreshToken } from './tokens.js';

const DAY_MS = 86_400_000;
const PASSWORDS = ['violet-Harbor-73-lantern', 'copper-Meadow-58-anchor'] as const;

type Step =
  | { readonly kind: 'present'; readonly which: number; readonly device: string }
  | { readonly kind: 'pass'; readonly milliseconds: number }
  | { readonly kind: 'change password' }
  | { readonly kind: 'end' };

const present = fc.record({
  kind: fc.constant('present' as const),
  which: fc.nat(5),
  device: fc.constantFrom('laptop', 'renderer', 'thief'),
});
const pass = fc.record({
  kind: fc.constant('pass' as const),
  milliseconds: fc.constantFrom(1, 4_000, 9_999, 10_000, 10_001, DAY_MS, 14 * DAY_MS),
});
const histories = fc.array<Step>(
  fc.oneof(
    { weight: 12, arbitrary: present },
    { weight: 6, arbitrary: pass },
    { weight: 1, arbitrary: fc.constant({ kind: 'change password' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'end' as const }) },
  ),
  { minLength: 1, maxLength: 40 },
);

/** One session of the fake server, and the same one by the rules of the real server. */
class Twins {
  private readonly clock = createFakeClock();
  private readonly server = createFakeServer({
    clock: this.clock,
    rotationPolicy: this.policy.rotationPolicy,
  });
  private readonly tokens: string[] = [];
  private passwords: readonly [string, string] = PASSWORDS;
  private accessToken = '';
  private state: RotationState;
  readonly seen: string[] = [];

  constructor(private readonly policy: RotationPolicy) {}

  async begin(): Promise<void> {
    this.server.addUser({ email: 'ada@example.com', password: this.passwords[0] });
    const { body } = await this.post('login', 'laptop', undefined, {
      email: 'ada@example.com',
      password: this.passwords[0],
    });
    this.keep(body);
    const now = this.clock.actualNow();
    this.state = {
      ...newChain('laptop', now),
      epoch: 0,
      isEnded: false,
      lifetimeSeconds: (14 * DAY_MS) / 1000,
      expiresAt: now + 14 * DAY_MS,
      absoluteExpiresAt: now + 90 * DAY_MS,
    };
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'pass':
        return this.clock.sleep(step.milliseconds);
      case 'end':
        this.server.endSession(this.newest().sid);
        this.state = { ...this.state, isEnded: true };
        return;
      case 'change password':
        return this.changePassword();
      case 'present':
        // The newest ones are those that matter.
        return this.present(
          this.tokens.at(-1 - (step.which % this.tokens.length)) as string,
          step.device,
        );
    }
  }

  private async present(text: string, device: string): Promise<void> {
    const now = this.clock.actualNow();
    const token = readToken(text) as RefreshToken;
    const decision = decideRotation(
      this.state,
      { ...token, fingerprint: device },
      now,
      this.policy,
    );
    const expected = now < token.exp * 1000 ? codeOf(decision) : 'session_expired';
    const { outcome, body } = await this.post('refresh', device, text);
    this.seen.push(outcome);
    expect(outcome).toBe(expected);
    if (expected === 'refresh_reuse_detected') this.state = { ...this.state, isEnded: true };
    if (!('child' in decision) || expected !== decision.kind) return;

    const next = readToken(this.keep(body)) as RefreshToken;
    expect(next).toMatchObject({
      ...decision.child,
      epoch: token.epoch,
      exp: Math.floor(decision.expiresAt / 1000),
    });
    if (decision.kind !== 'replayed')
      this.state = { ...this.state, ...decision.chain, expiresAt: decision.expiresAt };
  }

  /** Only with an access token that is good. */
  private async changePassword(): Promise<void> {
    const [current_password, new_password] = this.passwords;
    const { outcome, body } = await this.post('change-password', 'laptop', this.accessToken, {
      current_password,
      new_password,
    });
    if (outcome !== 'ok') return;
    this.passwords = [new_password, current_password];
    this.keep(body);
    const now = this.clock.actualNow();
    const expiresAt = Math.min(
      now + this.state.lifetimeSeconds * 1000,
      this.state.absoluteExpiresAt,
    );
    this.state = {
      ...this.state,
      ...newChain('laptop', now),
      epoch: this.state.epoch + 1,
      expiresAt,
    };
  }

  private newest(): RefreshToken {
    return readToken(this.tokens.at(-1) as string) as RefreshToken;
  }

  private keep(body: { access_token: string; refresh_token: string }): string {
    this.accessToken = body.access_token;
    this.tokens.push(body.refresh_token);
    return body.refresh_token;
  }

  private async post(route: string, device: string, token?: string, body?: object) {
    const response = await this.server.fetch(`${this.server.url}/api/auth/${route}`, {
      method: 'POST',
      headers: { 'X-Device-Id': device, ...(token && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body ?? {}),
    });
    const answer = await response.json();
    return {
      outcome:
        response.headers.get('X-Refresh-Outcome') ?? (response.ok ? 'ok' : (answer.code as string)),
      body: answer,
    };
  }
}

function codeOf(decision: Rotation): string {
  return 'child' in decision ? decision.kind : REFUSAL_CODES[decision.kind];
}

describe.each(['confirm-on-use', 'strict'] as const)(
  'the fake server, by the policy %s',
  (rotationPolicy) => {
    it('judges every refresh token as the real server does, in 1,000 histories', async () => {
      const counts: Record<string, number> = {};
      const property = fc.asyncProperty(histories, async (steps) => {
        const twins = new Twins({ rotationPolicy, graceSeconds: 10 });
        await twins.begin();
        for (const step of steps) await twins.take(step);
        for (const outcome of twins.seen) counts[outcome] = (counts[outcome] ?? 0) + 1;
      });
      await fc.assert(property, { numRuns: 1_000 });

      const kinds = [
        'rotated',
        'replayed',
        'refresh_reuse_detected',
        'session_expired',
        'session_revoked',
      ];
      expect(Object.keys(counts)).toEqual(
        expect.arrayContaining(rotationPolicy === 'strict' ? kinds : [...kinds, 'reissued']),
      );
    });
  },
);
