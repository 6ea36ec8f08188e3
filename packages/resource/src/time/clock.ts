/** Where a verifier takes time from. A test brings its own. */
export interface Clock {
  /** Milliseconds since 1970 by this machine's calendar, for the times in tokens. */
  nowMs(): number;
  /** Milliseconds that only grow. They may stand still while the machine sleeps. */
  monotonicMs(): number;
  /**
   * Calls back once, after so many milliseconds. Returns what prevents that.
   *
   * @param isAwaited false: nobody waits for it, so it does not keep a process alive
   */
  after(milliseconds: number, callback: () => void, isAwaited: boolean): () => void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(milliseconds, callback, isAwaited) {
    const timer = setTimeout(callback, milliseconds);
    if (!isAwaited) timer.unref();
    return () => clearTimeout(timer);
  },
};
