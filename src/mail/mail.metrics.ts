import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../platform/metrics/index.js';
import type { Backlog } from './mail.store.js';

/** What became of an attempt: `postponed` is tried again, `failed` is given up. */
type Result = 'sent' | 'postponed' | 'failed';

const RESULTS: readonly Result[] = ['sent', 'postponed', 'failed'];

/** Metrics of the outbox. The two gauges are of the table, so they are the same on every instance. */
@Injectable()
export class MailMetrics {
  private readonly attempts: Counter<'result'>;
  private readonly waiting: Gauge;
  private readonly oldest: Gauge;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    this.attempts = new Counter({
      name: 'evergreen_mails_total',
      help: 'Attempts to send a mail, by what became of them.',
      labelNames: ['result'],
      registers,
    });
    for (const result of RESULTS) this.attempts.inc({ result }, 0);
    this.waiting = new Gauge({
      name: 'evergreen_mails_waiting',
      help: 'Mails in the outbox that are not sent yet, at most 10,000.',
      registers,
    });
    this.oldest = new Gauge({
      name: 'evergreen_mails_oldest_waiting_seconds',
      help: 'The age of the oldest mail that is not sent yet; 0 if there is none.',
      registers,
    });
  }

  count(result: Result): void {
    this.attempts.inc({ result });
  }

  show({ waiting, oldestSeconds }: Backlog): void {
    this.waiting.set(waiting);
    this.oldest.set(oldestSeconds);
  }
}
