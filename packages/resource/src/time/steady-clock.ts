import type { Clock } from './clock.js';

/** A difference of both clocks that grows by more between two readings is no drift. */
const JUMP_MS = 1000;

/**
 * Milliseconds that only grow, and that go on while the machine sleeps: the monotonic clock may stand
 * still then, but the calendar goes on. A virtual machine that was suspended for an hour must not
 * believe that what it knows is fresh.
 *
 * If somebody sets the calendar ahead, that looks like sleep. So use this only where too old is
 * harmless: for the age of a proof, and not to forget revocations.
 */
export class SteadyClock {
  private skippedMs = 0;
  private differenceMs: number;

  constructor(private readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>) {
    this.differenceMs = clock.nowMs() - clock.monotonicMs();
  }

  readMs(): number {
    const monotonicMs = this.clock.monotonicMs();
    const differenceMs = this.clock.nowMs() - monotonicMs;
    const grownByMs = differenceMs - this.differenceMs;
    if (grownByMs > JUMP_MS) this.skippedMs += grownByMs;
    this.differenceMs = differenceMs;
    return monotonicMs + this.skippedMs;
  }
}
