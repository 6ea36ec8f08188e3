import { setTimeout as pause } from 'node:timers/promises';

interface Wait {
  /** The shortest wait, since notices may be sent faster than they can be handled. */
  readonly restMs: number;
  /** The longest wait, if no notice arrives. */
  readonly mostMs: number;
  readonly end: AbortSignal;
}

/** Waits for notices. Several notices that arrive between two waits count as one. */
export class Notices {
  private hasCome = false;
  private wake: () => void = () => undefined;

  add(): void {
    this.hasCome = true;
    this.wake();
  }

  /**
   * Resolves when a notice has arrived since the last call resolved, or when the time is up.
   *
   * @throws AbortError if `end` aborts
   */
  async next({ restMs, mostMs, end }: Wait): Promise<void> {
    await pause(restMs, undefined, { signal: end });
    if (!this.hasCome) await this.come(mostMs - restMs, end);
    this.hasCome = false;
  }

  private async come(withinMs: number, end: AbortSignal): Promise<void> {
    const over = new AbortController();
    const come = new Promise<void>((resolve) => (this.wake = resolve));
    const signal = AbortSignal.any([end, over.signal]);
    const timeIsUp = pause(withinMs, undefined, { signal });
    try {
      await Promise.race([come, timeIsUp]);
    } finally {
      timeIsUp.catch(() => undefined);
      over.abort();
    }
  }
}
