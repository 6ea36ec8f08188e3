import { pollDelayMs } from './poll-delay.js';

describe('pollDelayMs', () => {
  it.each([
    [0, 3000],
    [1, 6000],
    [4, 48_000],
    [5, 60_000],
    [1000, 60_000],
  ])('after %d failures in a row is %d', (failures, delayMs) => {
    expect(pollDelayMs(failures)).toBe(delayMs);
  });
});
