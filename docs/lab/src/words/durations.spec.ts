import { durationInWords, elapsedInWords, remainingInWords, waitInWords } from './durations.js';

describe('durationInWords', () => {
  it.each([
    [1, '1 second'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [90, '90 seconds'],
    [3600, '1 hour'],
    [86_400, '1 day'],
    [7 * 86_400, '7 days'],
  ])('says %d s as %s', (seconds, words) => expect(durationInWords(seconds)).toBe(words));
});

describe('waitInWords', () => {
  it('agrees in number', () => {
    expect(waitInWords(60)).toBe('1 minute passes');
    expect(waitInWords(10)).toBe('10 seconds pass');
  });
});

describe('remainingInWords', () => {
  it.each([
    [1, '1 s'],
    [10_000, '10 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
    [7_199_000, '120 min'],
    [7_200_000, '2 h'],
  ])('says %d ms as %s', (milliseconds, words) =>
    expect(remainingInWords(milliseconds)).toBe(words),
  );
});

describe('elapsedInWords', () => {
  it('names the two largest units', () => {
    expect(elapsedInWords(0)).toBe('Just signed in');
    expect(elapsedInWords(3_605_000)).toBe('1 hour 5 seconds later');
    expect(elapsedInWords(90_061_000)).toBe('1 day 1 hour later');
  });
});
