/** Where the client takes time from. A test brings its own. */
export interface AuthClock {
  /** Milliseconds since 1970 by the device's calendar, which may be wrong and may jump. */
  now(): number;
  /** Milliseconds that only grow, but may stand still while the device sleeps. */
  monotonic(): number;
  /**
   * Calls back once, after so many milliseconds; what it returns prevents that.
   *
   * @param background nobody waits for it, so it does not keep a process alive
   */
  setTimer(callback: () => void, milliseconds: number, background?: boolean): () => void;
}

/** setTimeout takes what is longer for nothing at all, and a token may live for 30 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: AuthClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(callback, milliseconds, background) {
    const timer: unknown = setTimeout(callback, Math.min(milliseconds, LONGEST_TIMER_MS));
    if (background) (timer as { unref?: () => void }).unref?.();
    return () => clearTimeout(timer as number);
  },
};

/** After so many milliseconds. */
export function sleep(clock: AuthClock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    if (milliseconds > 0) clock.setTimer(resolve, milliseconds);
    else resolve();
  });
}
