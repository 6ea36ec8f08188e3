import { AuthError } from './errors.js';
import { marginMs, retryAfter, shortestIntervalMs, waitMs } from './timing.js';

const NOW = 1_800_000_000_000;
const HIGHEST = 1;

describe('marginMs', () => {
  it('is 5 minutes for a long life, and a sixth of a short one', () => {
    expect(marginMs(28_800, undefined, 0)).toBe(300_000);
    expect(marginMs(1_800, undefined, 0)).toBe(300_000);
    expect(marginMs(1_799, undefined, 0)).toBeCloseTo(299_833, 0);
    expect(marginMs(6, undefined, 0)).toBe(1_000);
    expect(marginMs(2_592_000, undefined, 0)).toBe(300_000);
  });

  it('is less where less is asked for, and another one in each tab', () => {
    expect(marginMs(28_800, 60, 0)).toBe(60_000);
    expect(marginMs(28_800, 60, HIGHEST)).toBe(45_000);
  });
});

describe('shortestIntervalMs', () => {
  it('is 10 seconds, or half the life of a token that lives shorter than 20', () => {
    expect(shortestIntervalMs(21)).toBe(10_000);
    expect(shortestIntervalMs(20)).toBe(10_000);
    expect(shortestIntervalMs(5)).toBe(2_500);
  });
});

describe('retryAfter', () => {
  const offline = new AuthError('network');
  const throttled = (seconds: number) =>
    new AuthError('throttled', 'rate_limited', undefined, seconds);

  it('waits up to twice as long after each failure, and a minute at most', () => {
    let retry = retryAfter(offline, undefined, NOW, HIGHEST);
    const waits = [retry.at - NOW];
    for (let failure = 2; failure <= 9; failure++) {
      retry = retryAfter(offline, retry, NOW, HIGHEST);
      waits.push(retry.at - NOW);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(retry.failures).toBe(9);
  });

  it('waits for any part of that, so that clients do not come back all at once', () => {
    expect(retryAfter(offline, undefined, NOW, 0).at).toBe(NOW);
    expect(retryAfter(offline, undefined, NOW, 0.5).at).toBe(NOW + 500);
  });

  it('lets a person wait for a second at most', () => {
    const tenth = { failures: 9, notBefore: NOW, at: NOW };
    expect(retryAfter(offline, tenth, NOW, HIGHEST).notBefore).toBe(NOW + 1_000);
    expect(retryAfter(offline, tenth, NOW, 0.001).notBefore).toBe(NOW + 60);
  });

  it('lets a server that asks for it alone, but no longer than a minute', () => {
    expect(retryAfter(throttled(7), undefined, NOW, 0)).toMatchObject({
      notBefore: NOW + 7_000,
      at: NOW + 7_000,
    });
    expect(retryAfter(throttled(3_600), undefined, NOW, 0)).toMatchObject({
      notBefore: NOW + 60_000,
      at: NOW + 60_000,
    });
  });

  it('says what stands in the way', () => {
    expect(retryAfter(offline, undefined, NOW, 0).degraded).toBe('offline');
    expect(retryAfter(throttled(1), undefined, NOW, 0).degraded).toBe('throttled');
    expect(retryAfter(new AuthError('timeout'), undefined, NOW, 0).degraded).toBe('server');
  });
});

describe('waitMs', () => {
  it('is what is left, and nothing once the instant is there', () => {
    expect([NOW + 1, NOW, NOW - 1].map((instant) => waitMs(instant, NOW))).toEqual([1, 0, 0]);
    expect(waitMs(undefined, NOW)).toBe(0);
  });

  it('is nothing where the calendar has been set back by an hour or a year since', () => {
    expect(waitMs(NOW + 120_000, NOW)).toBe(120_000);
    expect(waitMs(NOW + 3_600_000, NOW)).toBe(0);
    expect(waitMs(NOW + 365 * 86_400_000, NOW)).toBe(0);
  });
});
