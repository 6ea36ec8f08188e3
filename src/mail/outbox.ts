import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Config, MAIL_NOTICES } from '../platform/config/index.js';
import { DATABASE } from '../platform/database/index.js';
import type { Happened, MailKind, NewMail, NoticeKind } from './mail.js';
import { MailSender } from './mail-sender.js';
import { MailStore } from './mail.store.js';
import { MailTransport } from './transport/mail-transport.js';

/** The member of a query runner's `data` that says that its transaction has added mails. */
const HAS_MAIL = 'evergreenHasMail';

/**
 * The mails that are to be sent, in the table `mails`. They are sent after the commit, by any
 * instance; a mail server that is away delays them and fails no request.
 */
@Injectable()
export class Outbox {
  constructor(
    private readonly store: MailStore,
    private readonly sender: MailSender,
    private readonly transport: MailTransport,
    private readonly config: Config,
    @Inject(DATABASE) database: DataSource,
  ) {
    database.subscribers.push({
      afterTransactionCommit: ({ queryRunner }) => this.wakeSenderAfter(queryRunner),
    });
  }

  /**
   * Whether there is a way to send mail. Flows that need mail respond `mail_not_configured`
   * otherwise.
   */
  get isOpen(): boolean {
    return this.transport.isOpen;
  }

  /**
   * Adds a mail within the transaction of what it tells of. Nothing is added while the outbox is not
   * open, nor for a notice that `MAIL_NOTICES` turns off.
   */
  async add(mail: NewMail, transaction: EntityManager): Promise<void> {
    if (!this.isWanted(mail.kind)) return;
    await this.store.add(mail, transaction);
    if (transaction.queryRunner?.isTransactionActive) transaction.queryRunner.data[HAS_MAIL] = true;
  }

  /**
   * Adds a notice to the address of an account, outside of any transaction; not if it is turned off,
   * if the account is gone, or if it had ten of this kind within a day.
   */
  async notify(kind: NoticeKind, userId: string, data: Happened): Promise<void> {
    if (this.isWanted(kind) && (await this.store.addNotice(kind, userId, data))) this.sender.wake();
  }

  /**
   * Drops the mails about an account that are not sent yet. One that is being sent at this moment
   * may still arrive.
   */
  async dropOf(userId: string, transaction: EntityManager): Promise<void> {
    await this.store.dropOf(userId, transaction);
  }

  /** Drops all mails to some addresses that are not sent yet, also those of no account. */
  async dropTo(recipients: readonly string[], transaction: EntityManager): Promise<void> {
    await this.store.dropTo(recipients, transaction);
  }

  private isWanted(kind: MailKind): boolean {
    const { notices } = this.config.mail;
    return this.isOpen && (!isNotice(kind) || notices.includes(kind));
  }

  private wakeSenderAfter({ data, isTransactionActive }: QueryRunner): void {
    if (!data[HAS_MAIL] || isTransactionActive) return;
    data[HAS_MAIL] = false;
    this.sender.wake();
  }
}

function isNotice(kind: MailKind): kind is NoticeKind {
  return (MAIL_NOTICES as readonly MailKind[]).includes(kind);
}
