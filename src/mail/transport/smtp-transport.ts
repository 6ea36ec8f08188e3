import { createTransport, type Transporter } from 'nodemailer';
import type { MailConfig } from '../../platform/config/index.js';
import { MailTransport, RecipientRefusedError, type Message } from './mail-transport.js';
import { parseSender, type Sender } from './sender.js';
import { smtpOptions } from './smtp-options.js';

/**
 * Of all that the standards allow, what has no meaning in a list of addresses: nodemailer would take
 * `a@example.com, b@example.com` for two recipients.
 */
const ONE_ADDRESS = /^[^\s\p{C},;:<>()[\]"\\@]+@[^\s\p{C},;:<>()[\]"\\@]+$/u;

/** Sends by SMTP, with a connection for each mail. */
export class SmtpTransport extends MailTransport {
  readonly isOpen = true;
  private readonly sender: Sender;
  private readonly transporter: Transporter;

  /** @throws ConfigurationError if the file of the certificate authority cannot be read */
  constructor(url: string, { from }: Pick<MailConfig, 'from'>) {
    super();
    this.sender = parseSender(from);
    this.transporter = createTransport(smtpOptions(url));
  }

  async send(message: Message, signal: AbortSignal): Promise<void> {
    const { id, recipient, createdAt, subject, text, html } = message;
    if (!ONE_ADDRESS.test(recipient)) throw new RecipientRefusedError();
    const { address } = this.sender;
    await this.transporter.sendMail({
      from: this.sender,
      to: { name: '', address: recipient },
      envelope: { from: address, to: [recipient] },
      messageId: `<${id}@${address.slice(address.lastIndexOf('@') + 1)}>`,
      date: createdAt,
      // RFC 3834: no out-of-office reply to it, please.
      headers: { 'Auto-Submitted': 'auto-generated' },
      subject,
      text,
      html,
      signal,
    });
  }
}
