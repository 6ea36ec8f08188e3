import { Pace } from './pace.js';

describe('Pace.waitMs', () => {
  it('is 0 before the first run', () => {
    expect(new Pace(0.2).waitMs(5000)).toBe(0);
  });

  it('is what is left of four times the last run, for a share of a fifth', () => {
    const pace = new Pace(0.2);
    pace.note(1000, 1010);
    expect(pace.waitMs(1010)).toBe(40);
    expect(pace.waitMs(1049)).toBe(1);
    expect(pace.waitMs(1050)).toBe(0);
    expect(pace.waitMs(9000)).toBe(0);
  });

  it('does not add up: the last run counts alone', () => {
    const pace = new Pace(0.2);
    pace.note(1000, 1100);
    pace.note(1500, 1501);
    expect(pace.waitMs(1501)).toBe(4);
  });
});
