import { isBefore, slidingExpiresAt } from './expiry.js';

const START = 1_800_000_000_000;
const DAY_MS = 86_400_000;

describe('isBefore', () => {
  it.each([
    ['1 ms before', START - 1, START, true],
    ['at', START, START, false],
    ['1 ms after', START + 1, START, false],
    ['before a deadline that never comes', START, Infinity, true],
    ['before an invalid deadline', START, Number.NaN, false],
    ['at an invalid time', Number.NaN, START, false],
    ['at no time at all', Number.NaN, Number.NaN, false],
  ])('%s', (_when, nowMs, deadlineMs, expected) => {
    expect(isBefore(nowMs, deadlineMs)).toBe(expected);
  });
});

describe('slidingExpiresAt', () => {
  const lifetime = {
    lifetimeSeconds: (30 * DAY_MS) / 1000,
    absoluteExpiresAt: START + 90 * DAY_MS,
  };

  it.each([
    ['slides at first', 0, 30 * DAY_MS],
    ['slides until 1 ms before the absolute end', 60 * DAY_MS - 1, 90 * DAY_MS - 1],
    ['slides up to the absolute end', 60 * DAY_MS, 90 * DAY_MS],
    ['slides no further', 60 * DAY_MS + 1, 90 * DAY_MS],
    ['stays there at the end', 90 * DAY_MS, 90 * DAY_MS],
    ['stays there after the end', 91 * DAY_MS, 90 * DAY_MS],
  ])('%s', (_case, issuedAfterMs, expiresAfterMs) => {
    expect(slidingExpiresAt(lifetime, START + issuedAfterMs)).toBe(START + expiresAfterMs);
  });

  it('counts parts of a second', () => {
    expect(slidingExpiresAt({ ...lifetime, lifetimeSeconds: 0.25 }, START)).toBe(START + 250);
  });

  it('ends before the first refresh where the absolute end is nearer', () => {
    expect(slidingExpiresAt({ ...lifetime, absoluteExpiresAt: START + 1 }, START)).toBe(START + 1);
  });

  it.each([
    ['lifetime', { ...lifetime, lifetimeSeconds: Number.NaN }, START],
    ['absolute end', { ...lifetime, absoluteExpiresAt: Number.NaN }, START],
    ['time of issue', lifetime, Number.NaN],
  ])('is over at once for an invalid %s', (_case, given, issuedAt) => {
    expect(isBefore(START, slidingExpiresAt(given, issuedAt))).toBe(false);
  });
});
