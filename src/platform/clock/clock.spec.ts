import { TestClock } from './test-clock.js';
import { Clock } from './clock.js';

const DAY_MS = 86_400_000;

describe('Clock', () => {
  /** This machine's calendar and its monotonic clock. */
  let calendarMs: number;
  let uptimeMs: number;
  let clock: Clock;

  beforeEach(() => {
    [calendarMs, uptimeMs] = [1_800_000_000_000, 5000];
    jest.spyOn(Date, 'now').mockImplementation(() => calendarMs);
    jest.spyOn(performance, 'now').mockImplementation(() => uptimeMs);
    clock = new Clock();
  });
  afterEach(() => jest.restoreAllMocks());

  const pass = (ms: number) => {
    calendarMs += ms;
    uptimeMs += ms;
  };
  /** The database says this; the answer has taken so long. */
  const observe = (nowMs: number, tookMs = 0, by = clock) =>
    by.follow({ nowMs, requestedAtMs: uptimeMs - tookMs, respondedAtMs: uptimeMs });

  it("is the machine's calendar until the database was heard", () => {
    expect([clock.nowMs(), clock.readingAgeMs]).toEqual([calendarMs, Infinity]);
    pass(1000);
    expect(clock.nowMs()).toBe(calendarMs);
  });

  it("goes by the database's clock from then on", () => {
    expect(observe(1_700_000_000_000)).toBe(0);
    pass(2500);
    expect([clock.nowMs(), clock.readingAgeMs]).toEqual([1_700_000_002_500, 2500]);
  });

  it('is in whole milliseconds', () => {
    observe(1_700_000_000_000, 0.5);
    uptimeMs += 0.7;
    expect(clock.nowMs()).toBe(1_700_000_000_000);
  });

  it('takes an answer as of the middle of the time that it took', () => {
    observe(1_700_000_000_000, 200);
    expect(clock.nowMs()).toBe(1_700_000_000_100);
  });

  it.each([15 * DAY_MS, -15 * DAY_MS])('does not jump with the calendar: %d ms', (jumpMs) => {
    observe(calendarMs);
    const before = [clock.nowMs(), clock.monotonicMs()];
    calendarMs += jumpMs;
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual(before);
    expect(clock.systemAheadMs).toBe(jumpMs);
    calendarMs -= jumpMs;
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual(before);
    expect(clock.systemAheadMs).toBe(0);
  });

  it('keeps what it knows where a slow answer says nearly the same', () => {
    observe(1_700_000_000_000, 2);
    const before = clock.nowMs();
    expect(observe(1_700_000_000_000, 1000)).toBe(0);
    expect(clock.nowMs()).toBe(before);
  });

  it('follows the database where that jumps, by a slow answer too', () => {
    observe(1_700_000_000_000);
    const monotonic = clock.monotonicMs();
    expect(observe(1_700_000_000_000 + DAY_MS, 1000)).toBe(DAY_MS + 500);
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1_700_000_000_500 + DAY_MS, monotonic]);
  });

  it('adds the offset of a test once, before it has heard the database and after', () => {
    const moved = new TestClock();
    moved.advance({ days: 1 });
    expect(moved.nowMs()).toBe(calendarMs + DAY_MS);
    observe(1_700_000_000_000, 0, moved);
    expect([moved.nowMs(), moved.monotonicMs()]).toEqual([
      1_700_000_000_000 + DAY_MS,
      uptimeMs + DAY_MS,
    ]);
    moved.advance({ seconds: 1 });
    expect(moved.nowMs()).toBe(1_700_000_001_000 + DAY_MS);
    expect(moved.systemAheadMs).toBe(calendarMs - 1_700_000_000_000);
  });
});
