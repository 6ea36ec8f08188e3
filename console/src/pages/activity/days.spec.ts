import { byDay, dayOf, dayTitle } from './days.js';

const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute);

describe('byDay', () => {
  it('begins a new day at midnight of the device', () => {
    const instants = [at(30, 9), at(30, 0), at(29, 23, 59), at(28, 12)];
    const days = byDay(instants, (instant) => instant.toISOString());
    expect(days).toEqual([
      { key: '2026-11-30', entries: [at(30, 9), at(30, 0)] },
      { key: '2026-11-29', entries: [at(29, 23, 59)] },
      { key: '2026-11-28', entries: [at(28, 12)] },
    ]);
  });

  it('of nothing is nothing', () => {
    expect(byDay([], String)).toEqual([]);
  });
});

describe('dayTitle', () => {
  it.each([
    ['2026-11-30', 'Today', 'Heute'],
    ['2026-11-29', 'Yesterday', 'Gestern'],
    ['2026-11-28', 'Saturday, November 28', 'Samstag, 28. November'],
    ['2025-11-30', 'Sunday, November 30, 2025', 'Sonntag, 30. November 2025'],
  ])('of %s is "%s"', (key, english, german) => {
    expect(dayTitle(key, at(30, 0), 'en')).toBe(english);
    expect(dayTitle(key, at(30, 23, 59), 'de')).toBe(german);
  });
});

describe('dayOf', () => {
  it('has two digits for month and day', () => {
    expect(dayOf(new Date(2026, 0, 2, 23))).toBe('2026-01-02');
  });
});
