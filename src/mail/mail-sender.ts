import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Clock } from '../platform/clock/index.js';
import { SecurityEvents } from '../platform/events/index.js';
import { Every } from '../platform/jobs/index.js';
import type { StoredMail } from './mail.js';
import { MailMetrics } from './mail.metrics.js';
import { MailStore } from './mail.store.js';
import { MailWriter } from './mail-writer.js';
import { decideNextStep, type GiveUpReason } from './policy/attempts.js';
import { deliveryFault, MailTransport } from './transport/mail-transport.js';

/** What other instances have left, or a command has added, is found within this time. */
const LOOK_EVERY_MS = 5000;

/** Each has its own connection to the mail server. */
const AT_ONCE = 5;

/** A server that responds too slowly counts as away. Longer than all its single time limits. */
const SEND_WITHIN_MS = 45_000;

/**
 * Longer than sending takes, so that no two instances send the same mail while both are well. After
 * a `kill -9`, the mails of an instance wait this long.
 */
const LEASE_MS = 90_000;

/** When the instance stops, mails that are not sent by then are left to the other instances. */
const FINISH_WITHIN_MS = 2000;

/**
 * Sends the mails of the outbox, several at a time, on every instance. A mail is leased, sent, and
 * recorded as sent; if the process ends between the last two, it is sent again with the same
 * `Message-ID`.
 */
@Injectable()
export class MailSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('MailSender');
  private readonly sending = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private filling: Promise<void> | undefined;
  private isFilling = false;
  private isWoken = false;
  private isServing = false;
  private isFailing = false;

  constructor(
    private readonly store: MailStore,
    private readonly transport: MailTransport,
    private readonly writer: MailWriter,
    private readonly events: SecurityEvents,
    private readonly metrics: MailMetrics,
    private readonly clock: Clock,
    private readonly adapter: HttpAdapterHost,
  ) {}

  /** A command has no HTTP adapter; what it adds is sent by the servers. */
  onApplicationBootstrap(): void {
    const isServer = Boolean(this.adapter.httpAdapter);
    this.isServing = isServer && this.transport.isOpen;
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isServing = false;
    const cut = setTimeout(() => this.stopping.abort(), FINISH_WITHIN_MS);
    await this.filling;
    await Promise.all(this.sending);
    clearTimeout(cut);
  }

  /** Looks for mails that are due, and returns at once. */
  wake(): void {
    if (!this.isServing) return;
    this.isWoken = true;
    if (!this.isFilling) this.filling = this.fill();
  }

  @Every(LOOK_EVERY_MS)
  async look(): Promise<void> {
    if (!this.isServing) return;
    this.wake();
    await this.tryOnDatabase(async () => this.metrics.show(await this.store.measure()));
  }

  /** Begins to send what is due, as far as there is room. */
  private async fill(): Promise<void> {
    this.isFilling = true;
    while (this.isWoken && this.isServing && this.sending.size < AT_ONCE) {
      this.isWoken = false;
      await this.tryOnDatabase(async () => {
        for (const mail of await this.store.lease(LEASE_MS, AT_ONCE - this.sending.size))
          this.begin(mail);
      });
    }
    // At once after the last look at `isWoken`, so that no call in between is lost.
    this.isFilling = false;
  }

  private begin(mail: StoredMail): void {
    const work = this.tryOnDatabase(() => this.process(mail)).finally(() => {
      this.sending.delete(work);
      this.wake();
    });
    this.sending.add(work);
  }

  private async process(mail: StoredMail): Promise<void> {
    if (this.clock.nowMs() >= mail.sendUntilMs) return this.giveUp(mail, 'too_late');
    try {
      const message = this.writer.write(mail);
      const limits = [this.stopping.signal, AbortSignal.timeout(SEND_WITHIN_MS)];
      await this.transport.send(message, AbortSignal.any(limits));
    } catch (error) {
      return this.handleFailure(mail, error);
    }
    await this.store.complete(mail);
    this.metrics.count('sent');
  }

  private async handleFailure(mail: StoredMail, error: unknown): Promise<void> {
    // Nobody is to blame, and another instance may try at once.
    if (this.stopping.signal.aborted) return this.store.postpone(mail, 0);
    const fault = deliveryFault(error);
    const { id: mail_id, kind, attempts } = mail;
    this.logger.warn(
      { event: 'mail.delivery.failed', mail_id, kind, attempts, ...fault.members },
      'A mail could not be sent.',
    );
    const step = decideNextStep(mail, this.clock.nowMs(), fault.isForGood);
    if (step.kind === 'give_up') return this.giveUp(mail, step.reason);
    this.metrics.count('postponed');
    await this.store.postpone(mail, step.afterMs);
  }

  /** The event comes first: if the process ends in between, it is told twice rather than never. */
  private async giveUp(mail: StoredMail, reason: GiveUpReason): Promise<void> {
    const { id: mail_id, kind, userId } = mail;
    await this.events.conclude('mail_failed', { userId, details: { kind, mail_id, reason } });
    await this.store.giveUp(mail);
    this.metrics.count('failed');
  }

  /** While the database is away, nothing can be recorded: leases end, and mails are due again. */
  private async tryOnDatabase(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn({ err: error }, 'The outbox cannot be used for now.');
      this.isFailing = true;
    }
  }
}
