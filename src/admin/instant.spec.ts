import { parseInstant } from './instant.js';

describe('parseInstant', () => {
  it.each([
    ['2026-11-21T09:00:00Z', '2026-11-21T09:00:00.000Z'],
    ['2026-11-21T09:00:00.123Z', '2026-11-21T09:00:00.123Z'],
    ['2026-11-21T09:00:00+01:00', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T09:00:00-05:30', '2026-11-21T14:30:00.000Z'],
    ['2024-02-29T00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('takes %s', (text, instant) => {
    expect(parseInstant(text)?.toISOString()).toBe(instant);
  });

  it.each([
    '',
    'now',
    'yesterday',
    '2026',
    '2026-11-21',
    '2026-11-21T09:00:00',
    '2026-11-21 09:00:00Z',
    '21.11.2026',
    '1763715600',
    '2026-02-29T09:00:00Z',
    '2026-11-21T25:00:00Z',
    '2026-11-21T09:00:00Z; DROP',
  ])('takes %j for none', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});
