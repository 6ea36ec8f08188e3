import type { MailKind } from '../mail.js';
import type { MailText } from '../texts/mail-text.js';

/** A mail that is ready to be sent. */
export interface Message extends MailText {
  /** Of the row in the outbox. */
  readonly id: string;
  readonly kind: MailKind;
  readonly recipient: string;
  readonly createdAt: Date;
  /** Those in the text, for whoever develops an application. */
  readonly link: string | undefined;
  readonly code: string | undefined;
}

/** A way to send mail. */
export abstract class MailTransport {
  /** False if there is none: then nothing may be added to the outbox. */
  abstract readonly isOpen: boolean;

  /**
   * Resolves once the server has accepted the mail.
   *
   * @throws an error that `deliveryFault` describes
   */
  abstract send(message: Message, signal: AbortSignal): Promise<void>;
}

/** Where no mail server is configured, outside of development. */
export class NoTransport extends MailTransport {
  readonly isOpen = false;

  async send(): Promise<void> {
    return Promise.reject(new Error('There is no mail server.'));
  }
}

/** The recipient is not one address. It counts as refused by a server. */
export class RecipientRefusedError extends Error {
  readonly code = 'EENVELOPE';
  readonly responseCode = 553;
  readonly command = 'RCPT TO';

  constructor() {
    super('The recipient of a mail is not one address.');
    this.name = 'RecipientRefusedError';
  }
}

/** What an error of a transport says. */
export interface DeliveryFault {
  /**
   * The server refused the recipient or the text with a 5xx, and would do so again (RFC 5321,
   * section 4.2.1). A 5xx to anything else, such as the login or the sender's address, is a mistake
   * in the configuration of one of the two sides, which can be mended while the mail waits.
   */
  readonly isForGood: boolean;
  /** For the log; the response itself is not in it, since it often repeats the address. */
  readonly members: Readonly<Record<string, unknown>>;
}

const OF_THIS_MAIL = ['RCPT TO', 'DATA'];

export function deliveryFault(error: unknown): DeliveryFault {
  const { code, responseCode, command, name } = error as {
    code?: unknown;
    responseCode?: number;
    command?: string;
    name?: string;
  };
  const isForGood =
    OF_THIS_MAIL.includes(command ?? '') && responseCode !== undefined && responseCode >= 500;
  return {
    isForGood,
    members: { cause: name, code, response_code: responseCode, smtp_command: command },
  };
}
