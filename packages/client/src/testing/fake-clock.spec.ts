import { createFakeClock } from './fake-clock.js';

describe('createFakeClock', () => {
  it('stands still until it is told to go on', async () => {
    const clock = createFakeClock(1_000);
    expect([clock.now(), clock.actualNow(), clock.monotonic()]).toEqual([1_000, 1_000, 0]);
    await clock.advance(500);
    expect([clock.now(), clock.actualNow(), clock.monotonic()]).toEqual([1_500, 1_500, 500]);
  });

  it.each([
    ['1 ms before', 999, 0],
    ['as it falls due', 1_000, 1],
    ['1 ms after', 1_001, 1],
  ])('calls a timer once: %s', async (_when, milliseconds, calls) => {
    const clock = createFakeClock();
    const callback = jest.fn();
    clock.setTimer(callback, 1_000);
    await clock.advance(milliseconds);
    expect(callback).toHaveBeenCalledTimes(calls);
    await clock.advance(10_000);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('calls timers in their order, each at its time', async () => {
    const clock = createFakeClock();
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name} at ${clock.monotonic()}`);
    clock.setTimer(note('late'), 300);
    clock.setTimer(note('early'), 100);
    clock.setTimer(note('with late'), 300);
    await clock.advance(1_000);
    expect(seen).toEqual(['early at 100', 'late at 300', 'with late at 300']);
  });

  it('calls a timer that another one has set, where that falls due in the same stretch', async () => {
    const clock = createFakeClock();
    const inner = jest.fn();
    clock.setTimer(() => clock.setTimer(inner, 100), 100);
    await clock.advance(199);
    expect(inner).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(inner).toHaveBeenCalledTimes(1);
  });

  it('goes on, though a timer is set again and again for nothing', async () => {
    const clock = createFakeClock();
    const calls = jest.fn(() => void clock.setTimer(calls, 0.1));
    clock.setTimer(calls, 0);
    await clock.advance(10);
    expect(calls).toHaveBeenCalledTimes(10);
  });

  it('lets promises settle between two timers, however many hang together', async () => {
    const clock = createFakeClock();
    const seen: string[] = [];
    clock.setTimer(() => {
      let chain = Promise.resolve();
      for (let link = 0; link < 100; link++) chain = chain.then(() => {});
      void chain.then(() => seen.push('promise'));
    }, 1);
    clock.setTimer(() => void seen.push('timer'), 2);
    await clock.advance(2);
    expect(seen).toEqual(['promise', 'timer']);
  });

  it('does not call a timer that was taken back', async () => {
    const clock = createFakeClock();
    const callback = jest.fn();
    clock.setTimer(callback, 100)();
    await clock.advance(1_000);
    expect(callback).not.toHaveBeenCalled();
  });

  it('goes on by the calendar alone while the device sleeps', async () => {
    const clock = createFakeClock(0);
    const callback = jest.fn();
    clock.setTimer(callback, 100);
    clock.sleep(3_600_000);
    await clock.settle();
    expect([clock.now(), clock.actualNow(), clock.monotonic()]).toEqual([3_600_000, 3_600_000, 0]);
    expect(callback).not.toHaveBeenCalled();
    await clock.advance(100);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('has a calendar that can be wrong', () => {
    const clock = createFakeClock(10_000);
    clock.shiftCalendar(-4_000);
    expect([clock.now(), clock.actualNow(), clock.monotonic()]).toEqual([6_000, 10_000, 0]);
  });
});
