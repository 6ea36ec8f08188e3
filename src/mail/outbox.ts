import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import type { NewMail } from './mail.js';
import { OutgoingMail } from './outgoing-mail.entity.js';

/** The mails that are to be sent, in the table `mails`. */
@Injectable()
export class Outbox {
  /**
   * Whether there is a way to send mail. Flows that need mail respond `mail_not_configured`
   * otherwise; mails that are only notices are then not added.
   */
  get isOpen(): boolean {
    return true;
  }

  /** Adds a mail within the transaction of what it tells of. */
  async add(mail: NewMail, transaction: EntityManager): Promise<void> {
    await transaction.insert(OutgoingMail, { ...mail, id: newId() });
  }

  /** Drops the mails about an account that are not sent yet. */
  async dropOf(userId: string, transaction: EntityManager): Promise<void> {
    await transaction.delete(OutgoingMail, { userId, sentAt: IsNull(), givenUpAt: IsNull() });
  }
}
