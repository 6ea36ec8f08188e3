import { secondsLeft } from './expiry.js';

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
