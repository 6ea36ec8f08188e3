import { Logger } from '@nestjs/common';
import type { Clock } from '../../platform/clock/index.js';
import type { Mailbox } from './mailbox.js';
import { MailTransport, type Message } from '../transport/mail-transport.js';

/** In development: puts mails into the mailbox, and their links into the log. */
export class MailboxTransport extends MailTransport {
  readonly isOpen = true;
  private readonly logger = new Logger('Mailbox');

  constructor(
    private readonly mailbox: Mailbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send(message: Message): Promise<void> {
    this.mailbox.put({ ...message, sentAt: new Date(this.clock.nowMs()) });
    const { kind, recipient, link } = message;
    this.logger.log(
      { event: 'mail.mailbox', kind, recipient, link },
      'A mail is in the mailbox, at /mailbox.',
    );
    return Promise.resolve();
  }
}
