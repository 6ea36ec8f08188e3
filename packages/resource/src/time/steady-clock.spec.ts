import { SteadyClock } from './steady-clock.js';

describe('SteadyClock', () => {
  const times = { nowMs: 5_000_000, monotonicMs: 100 };
  const clock = { nowMs: () => times.nowMs, monotonicMs: () => times.monotonicMs };

  function pass(monotonicMs: number, calendarMs: number): void {
    times.monotonicMs += monotonicMs;
    times.nowMs += calendarMs;
  }

  it('goes on while the machine sleeps, and never back', () => {
    const steady = new SteadyClock(clock);
    const beginMs = steady.readMs();
    const elapsedMs = () => steady.readMs() - beginMs;
    pass(50, 50);
    expect(elapsedMs()).toBe(50);
    pass(10, 3_600_010);
    expect(elapsedMs()).toBe(3_600_060);
    pass(10, -7_200_000);
    expect(elapsedMs()).toBe(3_600_070);
    pass(0, 60_000);
    expect(elapsedMs()).toBe(3_660_070);
  });

  it('does not take drift for sleep', () => {
    const steady = new SteadyClock(clock);
    const beginMs = steady.readMs();
    for (let second = 0; second < 100; second += 1) {
      pass(1000, 1900);
      steady.readMs();
    }
    expect(steady.readMs() - beginMs).toBe(100_000);
  });
});
