import { AuthError } from '../errors.js';
import { degradedError, marginMs, retryAfter, shortestIntervalMs, waitMs } from './timing.js';

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
    new AuthError('throttled', 'rate_limited', { retryAfterSeconds: seconds });

  const waitsAfter = (count: number, random: number) => {
    let retry = retryAfter(offline, undefined, NOW, random);
    const waits = [retry];
    for (let failure = 2; failure <= count; failure++) {
      retry = retryAfter(offline, retry, NOW, random);
      waits.push(retry);
    }
    return waits.map(({ failures, notBefore, at }) => ({
      failures,
      callerMs: notBefore - NOW,
      spreadMs: at - notBefore,
    }));
  };

  it('lets callers wait twice as long after each failure, and 10 seconds at most', () => {
    expect(waitsAfter(6, HIGHEST).map(({ callerMs }) => callerMs)).toEqual([
      1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
    expect(waitsAfter(6, HIGHEST).at(-1)?.failures).toBe(6);
  });

  it('lets a browser whose callers never rest ask at most 10 times in a minute', () => {
    const pauses = waitsAfter(10, 0).map(({ callerMs }) => callerMs);
    const askedAt = pauses.reduce((times, pause) => [...times, times.at(-1)! + pause], [0]);
    expect(askedAt.filter((milliseconds) => milliseconds < 60_000)).toHaveLength(10);
  });

  it('spreads what nobody waits for, over a minute at last, so that clients do not come back all at once', () => {
    expect(waitsAfter(8, HIGHEST).map(({ spreadMs }) => spreadMs)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ]);
    expect(waitsAfter(8, 0).map(({ spreadMs }) => spreadMs)).toEqual(Array(8).fill(0));
  });

  it('leaves a server alone for as long as it asks, but no longer than a minute', () => {
    expect(retryAfter(throttled(7), undefined, NOW, 0)).toMatchObject({
      notBefore: NOW + 7_000,
      at: NOW + 7_000,
    });
    expect(retryAfter(throttled(3_600), undefined, NOW, 0)).toMatchObject({
      notBefore: NOW + 60_000,
      at: NOW + 60_000,
    });
  });
});

describe('degradedError', () => {
  it('says what is in the way, and for how long, as long as nobody may ask', () => {
    const retry = retryAfter(new AuthError('throttled'), undefined, NOW, HIGHEST);
    expect(degradedError(retry, NOW + 400)).toMatchObject({
      kind: 'throttled',
      code: 'degraded',
      retryable: true,
      retryAfterSeconds: 0.6,
    });
    expect(degradedError(retry, NOW + 1_000)).toBeUndefined();
    expect(degradedError(undefined, NOW)).toBeUndefined();
  });

  it('is none where nothing has failed', () => {
    expect(
      degradedError({ failures: 0, notBefore: NOW + 500, at: NOW + 500 }, NOW),
    ).toBeUndefined();
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
