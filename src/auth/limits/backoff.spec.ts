import { FAILURES_KEPT_MS, waitLeftMs, waitMs } from './backoff.js';

const MINUTE = 60_000;

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
