import { isDueForRenewal, renewedExpiresAt } from './renewal.js';

const POLICY = { accessSeconds: 1800, renewBelowSeconds: 300 };
const NOW = 1_800_000_000;
const AMPLE = { remainingSeconds: 10 * 86_400, renewUntil: NOW + 12 * 3600 };

describe('isDueForRenewal', () => {
  it.each([
    [301, false],
    [300, false],
    [299, true],
    [1, true],
    [0, false],
    [-1, false],
    [Number.NaN, false],
  ])('with %p s left: %p', (left, isDue) => {
    expect(isDueForRenewal(NOW + left, NOW, POLICY)).toBe(isDue);
  });
});

describe('renewedExpiresAt', () => {
  const renewed = (request: Partial<typeof AMPLE> & { left?: number }) =>
    renewedExpiresAt(
      { ...AMPLE, ...request, expiresAt: NOW + (request.left ?? 200), now: NOW },
      POLICY,
    );

  it('gives a whole lifetime', () => {
    expect(renewed({})).toBe(NOW + 1800);
  });

  it('never goes past the session', () => {
    expect(renewed({ remainingSeconds: 900 })).toBe(NOW + 900);
  });

  it('never goes further than renewals may', () => {
    expect(renewed({ renewUntil: NOW + 600 })).toBe(NOW + 600);
    expect(renewed({ renewUntil: NOW })).toBeUndefined();
    expect(renewed({ renewUntil: NOW - 3600 })).toBeUndefined();
  });

  it.each([
    [199, undefined],
    [200, undefined],
    [201, NOW + 201],
  ])(
    'is none where it would be no later than the one at hand: %d s of the session left, 200 of the token',
    (remainingSeconds, expiresAt) => {
      expect(renewed({ remainingSeconds })).toBe(expiresAt);
    },
  );

  it('is none where a duration is no number', () => {
    expect(renewed({ renewUntil: Number.NaN })).toBeUndefined();
    expect(renewed({ remainingSeconds: Number.NaN })).toBeUndefined();
  });
});
