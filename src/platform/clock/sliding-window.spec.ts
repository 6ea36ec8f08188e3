import { SlidingWindow } from './sliding-window.js';

describe('SlidingWindow', () => {
  it('returns what was remembered under the same key before', () => {
    const window = new SlidingWindow<string>({ windowMs: 1000, maxKeys: 10, maxPerKey: 10 });
    expect(window.add('a', 'one', 0)).toEqual([]);
    expect(window.add('b', 'other', 0)).toEqual([]);
    expect(window.add('a', 'two', 0)).toEqual(['one']);
    expect(window.add('a', 'three', 0)).toEqual(['one', 'two']);
  });

  it.each([
    [999, ['one']],
    [1000, []],
    [1001, []],
  ])('of a window of 1000 ms, after %d ms: %j', (nowMs, earlier) => {
    const window = new SlidingWindow<string>({ windowMs: 1000, maxKeys: 10, maxPerKey: 10 });
    window.add('a', 'one', 0);
    expect(window.add('a', 'two', nowMs)).toEqual(earlier);
  });

  it('keeps the newest values of a key, and the keys that were heard of last', () => {
    const window = new SlidingWindow<number>({ windowMs: 1000, maxKeys: 2, maxPerKey: 2 });
    for (const value of [1, 2, 3]) window.add('a', value, 0);
    window.add('b', 1, 0);
    expect(window.add('a', 4, 0)).toEqual([2, 3]);
    window.add('c', 1, 0);
    expect(window.add('b', 2, 0)).toEqual([]);
    expect(window.add('a', 5, 0)).toEqual([]);
  });
});
