import { RecentPast } from './recent-past.js';

describe('RecentPast', () => {
  it('returns what was remembered under the same key before', () => {
    const past = new RecentPast<string>({ windowMs: 1000, maxKeys: 10, maxPerKey: 10 });
    expect(past.add('a', 'one', 0)).toEqual([]);
    expect(past.add('b', 'other', 0)).toEqual([]);
    expect(past.add('a', 'two', 0)).toEqual(['one']);
    expect(past.add('a', 'three', 0)).toEqual(['one', 'two']);
  });

  it.each([
    [999, ['one']],
    [1000, []],
    [1001, []],
  ])('of a window of 1000 ms, after %d ms: %j', (nowMs, earlier) => {
    const past = new RecentPast<string>({ windowMs: 1000, maxKeys: 10, maxPerKey: 10 });
    past.add('a', 'one', 0);
    expect(past.add('a', 'two', nowMs)).toEqual(earlier);
  });

  it('keeps the newest values of a key, and the keys that were heard of last', () => {
    const past = new RecentPast<number>({ windowMs: 1000, maxKeys: 2, maxPerKey: 2 });
    for (const value of [1, 2, 3]) past.add('a', value, 0);
    past.add('b', 1, 0);
    expect(past.add('a', 4, 0)).toEqual([2, 3]);
    past.add('c', 1, 0);
    expect(past.add('b', 2, 0)).toEqual([]);
    expect(past.add('a', 5, 0)).toEqual([]);
  });
});
