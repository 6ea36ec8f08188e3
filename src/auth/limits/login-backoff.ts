import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { Counters, Refusals } from '../../platform/throttling/index.js';
import { FAILURES_KEPT_MS, waitLeftMs } from './backoff.js';

/**
 * Makes those wait who go on with wrong passwords, longer each time; see `pairOf` for who that is.
 */
@Injectable()
export class LoginBackoff {
  /** As many wrong passwords as may be sent in a minute cost no more than that. */
  private readonly freeFailures: number;

  constructor(
    private readonly counters: Counters,
    private readonly refusals: Refusals,
    config: Config,
  ) {
    this.freeFailures = config.limits.loginPerAccountAndNetwork;
  }

  /** @throws Problem `rate_limited` */
  async requireNoWait(pair: string): Promise<void> {
    if (this.isOff) return;
    const leftMs = waitLeftMs(await this.counters.read(keyOf(pair)), this.freeFailures);
    if (leftMs > 0) this.refusals.refuse('login_failures', leftMs / 1000);
  }

  async noteFailure(pair: string): Promise<void> {
    if (!this.isOff) await this.counters.strike(keyOf(pair), FAILURES_KEPT_MS);
  }

  async noteSuccess(pair: string): Promise<void> {
    if (!this.isOff) await this.counters.forget(keyOf(pair));
  }

  private get isOff(): boolean {
    return this.freeFailures === 0;
  }
}

function keyOf(pair: string): string {
  return `login_failures:${pair}`;
}
