import { EventIds } from './event-ids.js';

const NOW_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;

/** The first 48 bits of a UUID v7 (RFC 9562, section 5.7). */
const timeOf = (id: string) => parseInt(id.replace('-', '').slice(0, 12), 16);

describe('EventIds', () => {
  it('makes UUIDs of version 7 that contain the given time', () => {
    const id = new EventIds().next(NOW_MS);
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(timeOf(id)).toBe(NOW_MS);
  });

  it.each([
    ['within one millisecond', 0],
    ['while time passes', 1],
    ['where the clock is corrected a little', -0.5],
  ])('keeps them in order %s', (_when, stepMs) => {
    const ids = new EventIds();
    const made = Array.from({ length: 1000 }, (_, index) =>
      ids.next(Math.floor(NOW_MS + index * stepMs)),
    );
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(1000);
  });

  it('follows a clock that was ahead and is set back', () => {
    const ids = new EventIds();
    ids.next(NOW_MS + 15 * DAY_MS);
    expect(timeOf(ids.next(NOW_MS))).toBe(NOW_MS);
  });
});
