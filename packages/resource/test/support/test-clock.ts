import type { Clock } from '../../src/time/clock.js';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Enough turns of the event loop for a request on the loopback interface and its response. */
const TURNS = 30;

/** Time that a test moves. What is due meanwhile is called in its order. */
export class TestClock implements Clock {
  private uptimeMs = 1000;
  private readonly timers = new Set<Timer>();

  /** @param calendarMs the calendar at the begin, which a test may set */
  constructor(private calendarMs = Date.UTC(2026, 0, 1)) {}

  nowMs(): number {
    return this.calendarMs + this.uptimeMs;
  }

  monotonicMs(): number {
    return this.uptimeMs;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { atMs: this.uptimeMs + milliseconds, callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  get pending(): number {
    return this.timers.size;
  }

  /** Time goes on, and with it all timers, sockets and streams. */
  async advance(milliseconds: number): Promise<void> {
    const untilMs = this.uptimeMs + milliseconds;
    await settle();
    for (let next = this.nextBy(untilMs); next; next = this.nextBy(untilMs)) {
      this.uptimeMs = Math.max(this.uptimeMs, next.atMs);
      this.timers.delete(next);
      next.callback();
      await settle();
    }
    this.uptimeMs = untilMs;
  }

  /** The process is paused: time goes on, and nothing runs. */
  pause(milliseconds: number): void {
    this.uptimeMs += milliseconds;
  }

  /** The machine sleeps, or somebody sets the calendar. */
  moveCalendar(milliseconds: number): void {
    this.calendarMs += milliseconds;
  }

  private nextBy(untilMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers)
      if (timer.atMs <= untilMs && (!first || timer.atMs < first.atMs)) first = timer;
    return first;
  }
}

/** Lets everything run that needs no time of the clock. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1)
    await new Promise<void>((resolve) => void setImmediate(resolve));
}
