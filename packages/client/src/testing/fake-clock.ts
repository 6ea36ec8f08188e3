import type { AuthClock } from '../core/index.js';

/** A device's time, which passes when the test says so. */
export interface FakeClock extends AuthClock {
  /**
   * Milliseconds since 1970 as they really are, whatever the device believes: a server goes by
   * these.
   */
  actualNow(): number;
  /**
   * Lets time pass: calls the timers that fall due, in their order, and lets promises settle after
   * each.
   */
  advance(milliseconds: number): Promise<void>;
  /** Lets promises settle, and no time pass. */
  settle(): Promise<void>;
  /** The device sleeps: its calendar goes on, its monotonic clock and its timers stand still. */
  sleep(milliseconds: number): void;
  /** Somebody sets the device's calendar, ahead or, by a negative number, back. */
  shiftCalendar(milliseconds: number): void;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Taken before anybody replaces them by fake ones. */
const { setImmediate: immediately, setTimeout: later } = globalThis;

/**
 * A clock that stands still until it is told to go on.
 *
 * ```ts
 * const clock = createFakeClock();
 * const server = createFakeServer({ clock });
 * const client = createAuthClient({ baseUrl: server.url, fetch: server.fetch, clock, storage: 'memory' });
 * await client.register({ email: 'ada@example.com', password: 'correct horse battery' });
 * await clock.advance(30 * 60_000);
 * expect(server.refreshes).toHaveLength(1);
 * ```
 *
 * Await what the client does together with the time that it takes: `await
 * Promise.all([client.logout(), clock.advance(1000)])`.
 *
 * @param startsAt milliseconds since 1970
 */
export function createFakeClock(startsAt = Date.UTC(2030, 0, 1)): FakeClock {
  const timers = new Set<Timer>();
  let monotonic = 0;
  let sleptMs = 0;
  let shiftMs = 0;

  /** Of several that fall due together, the one that was set first. */
  function earliest(): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of timers) if (!found || timer.at < found.at) found = timer;
    return found;
  }

  async function advance(milliseconds: number): Promise<void> {
    const end = monotonic + milliseconds;
    await settle();
    for (let next = earliest(); next && next.at <= end; next = earliest()) {
      timers.delete(next);
      monotonic = Math.max(monotonic, next.at);
      next.callback();
      await settle();
    }
    monotonic = end;
  }

  const actualNow = () => startsAt + monotonic + sleptMs;

  return {
    now: () => actualNow() + shiftMs,
    monotonic: () => monotonic,
    actualNow,
    setTimer(callback, milliseconds) {
      // Whole milliseconds, and one at least, as everywhere: else a timer that is set again and
      // again for next to nothing would stop the time.
      const timer = { at: monotonic + Math.max(1, Math.floor(milliseconds)), callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance,
    settle,
    sleep(milliseconds) {
      sleptMs += milliseconds;
    },
    shiftCalendar(milliseconds) {
      shiftMs += milliseconds;
    },
  };
}

/** Promises that wait for promises alone are through before the next turn of the event loop. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    if (immediately) immediately(resolve);
    else later(resolve, 0);
  });
}
