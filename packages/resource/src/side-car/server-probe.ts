import type { Closing } from '../closing.js';
import { getJson } from '../server/get-json.js';
import type { Clock } from '../time/clock.js';

const TIMEOUT_MS = 1000;

/** Finds out whether a server could be asked for a token: it refuses a request that has none. */
export class ServerProbe {
  private running: Promise<boolean> | undefined;

  constructor(
    private readonly server: string,
    private readonly clock: Clock,
    private readonly closing: Closing,
  ) {}

  /** Within a second. Callers share one request. Never rejects. */
  canAsk(): Promise<boolean> {
    this.running ??= this.send().finally(() => (this.running = undefined));
    return this.running;
  }

  private async send(): Promise<boolean> {
    const response = await getJson({
      url: `${this.server}/api/auth/verify`,
      timeoutMs: TIMEOUT_MS,
      clock: this.clock,
      closing: this.closing,
    });
    return response?.status === 401 && response.body.code === 'token_missing';
  }
}
