import { Clock } from '../clock/index.js';
import { MemoryCounters } from './memory-counters.js';

class StoppedClock extends Clock {
  now = 1_000_000;

  override monotonicMs(): number {
    return this.now;
  }
}

describe('MemoryCounters', () => {
  let clock: StoppedClock;
  let counters: MemoryCounters;

  beforeEach(() => {
    clock = new StoppedClock();
    counters = new MemoryCounters(clock, 3);
  });

  it('counts hits by key, in a window that begins with the first', () => {
    expect(counters.hit('a', 1000)).toEqual({ count: 1, msLeft: 1000 });
    clock.now += 400;
    expect(counters.hit('a', 1000)).toEqual({ count: 2, msLeft: 600 });
    expect(counters.hit('b', 1000)).toEqual({ count: 1, msLeft: 1000 });
    expect(counters.read('a')).toEqual({ count: 2, msLeft: 600 });
  });

  it.each([
    ['just before its end', 999, 2],
    ['at its end', 1000, 1],
    ['after it', 1001, 1],
  ])('deletes hits when their window ends: %s', (_when, later, count) => {
    counters.hit('a', 1000);
    clock.now += later;
    expect(counters.hit('a', 1000).count).toBe(count);
  });

  it.each([
    ['just before', 999, 3],
    ['at', 1000, 1],
    ['after', 1001, 1],
  ])('keeps a count in a row until some time after the last one: %s', (_when, later, count) => {
    counters.countInARow('a', 1000);
    clock.now += 900;
    expect(counters.countInARow('a', 1000)).toEqual({ count: 2, msLeft: 1000 });
    clock.now += later;
    expect(counters.countInARow('a', 1000).count).toBe(count);
  });

  it('has no count after it was told to forget it', () => {
    counters.countInARow('a', 1000);
    counters.forget('a');
    expect(counters.read('a')).toEqual({ count: 0, msLeft: 0 });
  });

  it.each([15, -15])('continues when the calendar jumps by %d days', (days) => {
    const counting = new MemoryCounters(new Clock());
    counting.hit('a', 1000);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + days * 86_400_000);
    const { count, msLeft } = counting.hit('a', 1000);
    jest.restoreAllMocks();
    expect(count).toBe(2);
    expect(msLeft).toBeGreaterThan(0);
    expect(msLeft).toBeLessThanOrEqual(1000);
  });

  it('keeps at most so many keys, and deletes the oldest', () => {
    for (const key of ['a', 'b', 'c', 'd']) counters.hit(key, 1000);
    expect(counters.size).toBe(3);
    expect(['a', 'b', 'c', 'd'].map((key) => counters.read(key).count)).toEqual([0, 1, 1, 1]);
  });

  it('deletes no count in a row for windows, however many there are', () => {
    counters.countInARow('guesser', 1000);
    for (let key = 0; key < 10; key++) counters.hit(`window ${key}`, 1000);
    expect(counters.read('guesser').count).toBe(1);
  });

  it('deletes what has expired, even if nobody reads that key again', () => {
    counters.hit('a', 1000);
    counters.hit('b', 120_000);
    clock.now += 60_000;
    counters.hit('c', 1000);
    expect(counters.size).toBe(2);
  });

  describe('admit', () => {
    const windows = (mine: number, all: number) => [
      { key: 'mine', windowMs: 1000, limit: mine },
      { key: 'all', windowMs: 1000, limit: all },
    ];

    it('counts in each window while none is full, and then in none', () => {
      const counters = new MemoryCounters(new StoppedClock());
      expect(counters.admit(windows(2, 3))).toBeUndefined();
      expect(counters.admit(windows(2, 3))).toBeUndefined();
      expect(counters.admit(windows(2, 3))).toMatchObject({ index: 0 });
      expect(counters.read('all').count).toBe(2);
      expect(counters.admit(windows(9, 2))).toMatchObject({ index: 1 });
      expect(counters.read('mine').count).toBe(2);
    });

    it('adds no window for a rejected request', () => {
      const counters = new MemoryCounters(new StoppedClock());
      expect(counters.admit(windows(1, 0))).toMatchObject({ index: 1 });
      expect(counters.size).toBe(0);
    });

    it('can be taken back', () => {
      const counters = new MemoryCounters(new StoppedClock());
      counters.admit(windows(1, 1));
      counters.takeBack(windows(1, 1));
      expect(counters.admit(windows(1, 1))).toBeUndefined();
    });
  });
});
