import { secondsLeft, isRecent } from './expiry.js';

describe('secondsLeft', () => {
  const token = { expiresAt: 100 };

  it.each([
    ['long before', 0, 100],
    ['within a second', 98_001, 1],
    ['just before', 99_001, 0],
    ['at the expiry', 100_000, 0],
    ['after it', 100_001, 0],
  ])(
    'says, in whole seconds that are not over yet, how long a token lives: %s',
    (_, nowMs, left) => {
      expect(secondsLeft(token, nowMs)).toBe(left);
    },
  );
});

describe('isRecent', () => {
  it.each([
    [1304, true],
    [1304.999, true],
    [1305, false],
    [1306, false],
  ])('for a proof at 1000 and 300 s, with a tolerance of 5 s, at %p is %p', (now, expected) => {
    const tolerance = { clockToleranceSeconds: 5 };
    expect(isRecent({ authenticatedAt: 1000 }, 300, now * 1000, tolerance)).toBe(expected);
  });

  it('is false for what is no time', () => {
    expect(isRecent({ authenticatedAt: NaN }, 300, 0, { clockToleranceSeconds: 5 })).toBe(false);
  });
});
