import { setTimeout as pause } from 'node:timers/promises';

interface Wait {
  /** At least, whatever comes: notices may be sent faster than anybody can act on them. */
  readonly restMs: number;
  /** At most, where nothing comes. */
  readonly mostMs: number;
  readonly end: AbortSignal;
}

/** Counts no notices and keeps none: many that come while nobody waits are one. */
export class Notices {
  private hasCome = false;
  private wake: () => void = () => undefined;

  add(): void {
    this.hasCome = true;
    this.wake();
  }

  /**
   * Resolves when a notice has come since it resolved last, or when the time is up.
   *
   * @throws AbortError where `end` aborts
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
