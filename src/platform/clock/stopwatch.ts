/**
 * Measures elapsed time. It reads two clocks and takes the larger result: the monotonic clock may
 * stop while the machine sleeps, and the system clock can be set back.
 */
export class Stopwatch {
  private readonly startedAtMs = Date.now();
  private readonly startedAt = performance.now();

  elapsedMs(): number {
    return Math.max(Date.now() - this.startedAtMs, performance.now() - this.startedAt);
  }
}
