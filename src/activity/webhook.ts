import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Clock } from '../platform/clock/index.js';
import { Config } from '../platform/config/index.js';
import { BoundedQueue } from '../platform/bounded-queue/index.js';
import { Metrics } from '../platform/metrics/index.js';

const ANSWER_WITHIN_MS = 5000;
const RETRY_AFTER_MS = [500, 2500, 12_500];
const QUEUE_LIMITS = { atOnce: 2, waiting: 1000 };

/**
 * Posts to `SECURITY_WEBHOOK_URL`, where `ANOMALY_ACTION` or `NETWORK_CHANGE_ACTION` asks for it.
 * Nobody waits for it, whatever the receiver does.
 */
@Injectable()
export class Webhook implements OnApplicationShutdown {
  private readonly logger = new Logger('Webhook');
  private readonly queue = new BoundedQueue(QUEUE_LIMITS);
  private readonly stopping = new AbortController();
  private readonly posts: Counter<'result'>;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.posts = new Counter({
      name: 'evergreen_security_webhooks_total',
      help: 'What became of reports to the webhook.',
      labelNames: ['result'],
      registers: [metrics.registry],
    });
  }

  /** Returns at once; after a few attempts the report is given up. */
  send(report: object): void {
    const { webhook } = this.config.activity;
    if (!webhook) return;
    const body = JSON.stringify(report);
    void this.queue
      .run(() => this.deliver(body, webhook))
      .then(() => this.posts.inc({ result: 'delivered' }))
      .catch((error: unknown) => {
        this.posts.inc({ result: 'lost' });
        this.logger.warn({ err: error }, 'The webhook was not told of an anomaly.');
      });
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
  }

  private async deliver(body: string, webhook: Receiver): Promise<void> {
    for (const retryAfterMs of RETRY_AFTER_MS) {
      if (await this.post(body, webhook).catch(() => false)) return;
      await pause(retryAfterMs, undefined, { signal: this.stopping.signal });
    }
    if (!(await this.post(body, webhook))) throw new Error('The receiver refused it.');
  }

  /** True where the receiver has taken it. */
  private async post(body: string, { url, secret }: Receiver): Promise<boolean> {
    const headers = {
      'content-type': 'application/json',
      'x-evergreen-signature': signature(body, secret, this.clock.nowMs()),
    };
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    // A redirect is not followed: it would carry the report to an address that nobody has
    // configured.
    const answer = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' });
    await answer.body?.cancel();
    return answer.ok;
  }
}

interface Receiver {
  readonly url: string;
  readonly secret: string;
}

/**
 * The time is signed with the body, so that a receiver can refuse what somebody has recorded and
 * sends again.
 */
function signature(body: string, secret: string, nowMs: number): string {
  const time = Math.floor(nowMs / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}
