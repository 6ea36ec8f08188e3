/**
 * Measures how long ago something was. It goes by two clocks of the system and believes the one
 * that counts more: the monotonic one stands still while the machine sleeps, and the other one can
 * be set back.
 */
export class Stopwatch {
  private readonly startedAtMs = Date.now();
  private readonly startedAt = performance.now();

  elapsedMs(): number {
    return Math.max(Date.now() - this.startedAtMs, performance.now() - this.startedAt);
  }
}
