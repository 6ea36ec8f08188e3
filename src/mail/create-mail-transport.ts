import type { Clock } from '../platform/clock/index.js';
import type { Config } from '../platform/config/index.js';
import { hasMailbox, type Mailbox } from './mailbox/mailbox.js';
import { NoTransport, type MailTransport } from './transport/mail-transport.js';
import { MailboxTransport } from './mailbox/mailbox-transport.js';
import { SmtpTransport } from './transport/smtp-transport.js';

/** The way to send mail by `MAIL_URL`; without it the mailbox in development, or none. */
export function createMailTransport(config: Config, mailbox: Mailbox, clock: Clock): MailTransport {
  if (config.mail.url !== undefined) return new SmtpTransport(config.mail.url, config.mail);
  return hasMailbox(config) ? new MailboxTransport(mailbox, clock) : new NoTransport();
}
