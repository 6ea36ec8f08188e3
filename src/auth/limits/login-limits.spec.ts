import { FAILURES_KEPT_MS, loginLimitKey, waitLeftMs, waitMs } from './login-limits.js';

const MINUTE = 60_000;

const from = (ip: string, email?: unknown) => loginLimitKey({ ip, body: { email } });

describe('loginLimitKey', () => {
  it('tells accounts and networks apart', () => {
    const keys = [
      from('203.0.113.7', 'ada@example.com'),
      from('203.0.113.8', 'ada@example.com'),
      from('203.0.113.7', 'bob@example.com'),
      from('2001:db8::1', 'ada@example.com'),
    ];
    expect(new Set(keys).size).toBe(4);
  });

  it('takes a whole IPv6 network for one', () => {
    expect(from('2001:db8::1', 'ada@example.com')).toBe(from('2001:db8::ffff', 'ada@example.com'));
  });

  it.each(['Ada.Virtanen@Example.com', 'ADA.VIRTANEN@EXAMPLE.COM', 'ada.virtanen@ｅxample.com'])(
    'takes %s for the same account',
    (spelling) =>
      expect(from('203.0.113.7', spelling)).toBe(from('203.0.113.7', 'ada.virtanen@example.com')),
  );

  it.each([
    ['straße.example', 'STRAẞE.example', true],
    ['straße.example', 'strasse.example', false],
    ['víctim.example', 'victim.example', false],
    ['bücher.example', 'Bu\u0308cher.example', true],
  ])('of addresses at %s and at %s: the same %p', (one, other, isSame) => {
    const [first, second] = [one, other].map((domain) => from('203.0.113.7', `ada@${domain}`));
    expect(first === second).toBe(isSame);
  });

  it.each(['víctim@example.com', 'victim', 'vıctim@example.com', '"victim"@example.com'])(
    'is none for %s, which can be no account',
    (text) => expect(from('203.0.113.7', text)).toBeUndefined(),
  );

  it('goes by the user where a token has named one', () => {
    const attempt = { ip: '203.0.113.7', body: { current_password: 'x' } };
    const [first, again, other] = ['1', '1', '2'].map((userId) =>
      loginLimitKey({ ...attempt, user: { userId } }),
    );
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it.each([undefined, null, 'text', [], {}, { email: 7 }, { email: null }])(
    'is none for the body %j, which nobody has checked yet',
    (body) => {
      expect(loginLimitKey({ ip: '203.0.113.7', body })).toBeUndefined();
    },
  );

  it.each([
    [253, true],
    [254, true],
    [255, false],
  ])('of an address of %d characters: %p', (length, isOne) => {
    const address = 'a@example.com'.padStart(length, 'a');
    expect(from('203.0.113.7', address) !== undefined).toBe(isOne);
  });

  it('looks at the length of an address before anything else', () => {
    const beganAt = performance.now();
    from('203.0.113.7', `a${'\u0301\u0316'.repeat(24_000)}@example.com`);
    expect(performance.now() - beganAt).toBeLessThan(50);
  });

  it('shows neither the address nor the network', () => {
    expect(from('203.0.113.7', 'ada@example.com')).not.toMatch(/ada|203/);
  });
});

describe('waitMs', () => {
  it.each([
    [0, 0],
    [9, 0],
    [10, 0],
    [11, 1],
    [12, 2],
    [13, 4],
    [14, 8],
    [15, 15],
    [16, 15],
    [5000, 15],
  ])('after %d failures in a row, 10 of them free: %d minutes', (failures, minutes) => {
    expect(waitMs(failures, 10)).toBe(minutes * MINUTE);
  });
});

describe('waitLeftMs', () => {
  const after = (failures: number, sinceLastMs: number) =>
    waitLeftMs({ count: failures, msLeft: FAILURES_KEPT_MS - sinceLastMs }, 10);

  it('counts from the last failure', () => {
    expect(after(12, 0)).toBe(2 * MINUTE);
    expect(after(12, MINUTE)).toBe(MINUTE);
  });

  it.each([
    ['just before its end', 2 * MINUTE - 1, 1],
    ['at its end', 2 * MINUTE, 0],
    ['after it', 2 * MINUTE + 1, 0],
  ])('is over with the wait: %s', (_when, sinceLastMs, left) =>
    expect(after(12, sinceLastMs)).toBe(left),
  );

  it('is nothing for whoever has not failed', () =>
    expect(waitLeftMs({ count: 0, msLeft: 0 }, 10)).toBe(0));

  it('never outlives the memory of the failures', () =>
    expect(after(5000, FAILURES_KEPT_MS)).toBe(0));
});
