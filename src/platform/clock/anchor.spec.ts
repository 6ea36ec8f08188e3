import { anchorOf, mustReplace, type Anchor } from './anchor.js';

describe('anchorOf', () => {
  it('takes the time as that of the middle between question and answer, and half of it for the error', () => {
    expect(anchorOf({ nowMs: 5000, requestedAtMs: 100, respondedAtMs: 120 })).toEqual({
      zeroAtMs: 4890,
      errorMs: 11,
      knownAtMs: 120,
    });
  });
});

describe('mustReplace', () => {
  const anchor = (zeroAtMs: number, errorMs: number, knownAtMs: number): Anchor => ({
    zeroAtMs,
    errorMs,
    knownAtMs,
  });
  const held = anchor(1_000_000, 10, 0);

  it.each([
    ['a more exact one', 9, true],
    ['one that is as exact', 10, true],
    ['one that is less exact', 11, false],
  ])('follows %s: %d ms', (_which, errorMs, expected) => {
    expect(mustReplace(held, anchor(1_000_000, errorMs, 0))).toBe(expected);
  });

  it.each([
    [9_999, false],
    [10_000, true],
    [10_001, true],
  ])(
    'trusts what it holds less by 1 ms a second: after %d ms, 20 ms will do: %s',
    (ms, expected) => {
      expect(mustReplace(held, anchor(1_000_000, 20, ms))).toBe(expected);
    },
  );

  it.each([
    [1_000_510, false],
    [1_000_511, true],
    [999_490, false],
    [999_489, true],
  ])('follows a slow answer only where both cannot be right: at %d: %s', (zeroAtMs, expected) => {
    expect(mustReplace(held, anchor(zeroAtMs, 500, 0))).toBe(expected);
  });
});
