import { setTimeout as pause } from 'node:timers/promises';

interface Wait {
  /** The shortest wait, since notices may be sent faster than they can be handled. */
  readonly minMs: number;
  /** The longest wait, if no notice arrives. */
  readonly maxMs: number;
  readonly end: AbortSignal;
}

/** Waits for notices. Several notices that arrive between two waits count as one. */
export class Notices {
  private hasArrived = false;
  private wake: () => void = () => undefined;

  add(): void {
    this.hasArrived = true;
    this.wake();
  }

  /**
   * Resolves when a notice has arrived since the last call resolved, or when the time is up.
   *
   * @throws AbortError if `end` aborts
   */
  async next({ minMs, maxMs, end }: Wait): Promise<void> {
    await pause(minMs, undefined, { signal: end });
    if (!this.hasArrived) await this.waitForNotice(maxMs - minMs, end);
    this.hasArrived = false;
  }

  private async waitForNotice(withinMs: number, end: AbortSignal): Promise<void> {
    const over = new AbortController();
    const arrived = new Promise<void>((resolve) => (this.wake = resolve));
    const signal = AbortSignal.any([end, over.signal]);
    const timeIsUp = pause(withinMs, undefined, { signal });
    try {
      await Promise.race([arrived, timeIsUp]);
    } finally {
      timeIsUp.catch(() => undefined);
      over.abort();
    }
  }
}
