import { relativeTime } from './relative-time.js';

const NOW_MS = Date.UTC(2026, 10, 30, 12);
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

describe('relativeTime', () => {
  it.each([
    [0, 'now'],
    [MINUTE - 1, 'now'],
    [MINUTE, '1 minute ago'],
    [3 * MINUTE + 59, '3 minutes ago'],
    [HOUR - 1, '59 minutes ago'],
    [HOUR, '1 hour ago'],
    [DAY - 1, '23 hours ago'],
    [DAY, 'yesterday'],
    [60 * DAY - 1, '59 days ago'],
    [60 * DAY, '2 months ago'],
    [365 * DAY, 'last year'],
    [-30 * DAY, 'in 30 days'],
    [-30 * DAY + 5, 'in 30 days'],
    [-DAY + 5, 'in 24 hours'],
    [-DAY - 1, 'tomorrow'],
  ])('%d seconds ago is "%s"', (secondsAgo, text) => {
    expect(relativeTime(NOW_MS - secondsAgo * 1000, NOW_MS, 'en')).toBe(text);
  });

  it('speaks the language of the page', () => {
    expect(relativeTime(NOW_MS - 3 * MINUTE * 1000, NOW_MS, 'de')).toBe('vor 3 Minuten');
  });
});
