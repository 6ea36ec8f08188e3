import { startApp, type TestApp } from '../support/app.js';
import { outcomeOf } from '../support/api.js';
import { BoundClient } from '../support/bound-client.js';
import { signProof } from '../support/possession.js';

const RESENDS = 10_000;
const AT_ONCE = 50;

/** A browser sends a request again whose connection has broken, with the same proof (RFC 9449). */
describe('10,000 resends of the same refresh of a bound session', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app?.close());

  it('are all granted, and the session goes on', async () => {
    const owner = new BoundClient(app);
    const { refresh_token } = await owner.register();
    const url = `${app.url}/api/auth/refresh`;
    const dpop = signProof(owner.key, {
      method: 'POST',
      url,
      nowMs: app.clock.nowMs(),
      nonce: owner.nonce,
    });
    const outcomes: string[] = [];
    for (let sent = 0; sent < RESENDS; sent += AT_ONCE) {
      const responses = await Promise.all(
        Array.from({ length: AT_ONCE }, () =>
          owner.call('POST', '/auth/refresh', {
            body: { refresh_token },
            proof: false,
            headers: { dpop },
          }),
        ),
      );
      outcomes.push(...responses.map(outcomeOf));
    }

    expect(outcomes.filter((outcome) => outcome === 'rotated')).toHaveLength(1);
    // Once the grace window is over, a resend gets another token.
    const granted = ['rotated', 'replayed', 'reissued'];
    expect(outcomes.filter((outcome) => !granted.includes(outcome))).toEqual([]);
    expect((await owner.refresh(refresh_token!)).status).toBe(200);
  }, 180_000);
});
