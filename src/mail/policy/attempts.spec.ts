import { decideNextStep, sendWithinMinutes } from './attempts.js';

const DAY_MS = 86_400_000;
const MAIL = { attempts: 1, sendUntilMs: DAY_MS };

describe('sendWithinMinutes', () => {
  it.each([
    [undefined, 1440],
    [30, 30],
    [1439, 1439],
    [1441, 1440],
  ])('of a mail whose link expires in %s minutes is %d', (expiresInMinutes, minutes) => {
    expect(sendWithinMinutes(expiresInMinutes)).toBe(minutes);
  });
});

describe('decideNextStep', () => {
  it.each([
    [1, 15_000],
    [2, 30_000],
    [3, 60_000],
    [6, 480_000],
    [7, 600_000],
    [2000, 600_000],
  ])('after attempt %d it tries again in %d ms', (attempts, afterMs) => {
    expect(decideNextStep({ ...MAIL, attempts }, 0, false)).toEqual({
      kind: 'retry',
      afterMs,
    });
  });

  it.each([
    [DAY_MS - 5000, { kind: 'retry', afterMs: 4000 }],
    [DAY_MS - 1001, { kind: 'retry', afterMs: 1 }],
    [DAY_MS - 1000, { kind: 'give_up', reason: 'too_late' }],
    [DAY_MS + 1, { kind: 'give_up', reason: 'too_late' }],
  ])('at %d ms of a day it decides on %j', (nowMs, step) => {
    expect(decideNextStep({ ...MAIL, attempts: 9 }, nowMs, false)).toEqual(step);
  });

  it('gives up at once what is refused for good', () => {
    expect(decideNextStep(MAIL, 0, true)).toEqual({ kind: 'give_up', reason: 'refused' });
  });
});
