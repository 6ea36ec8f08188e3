import { Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/index.js';
import type { Message } from '../transport/mail-transport.js';

/** Older ones are forgotten. */
const MAX_MAILS = 100;

/** A mail that was sent to the mailbox. */
export interface ReceivedMail extends Message {
  readonly sentAt: Date;
}

/** True in development without a mail server. Nobody else may see the mails of others. */
export function hasMailbox({ environment, mail }: Pick<Config, 'environment' | 'mail'>): boolean {
  return environment === 'development' && mail.url === undefined;
}

/** The mails that this process has sent, in memory. */
@Injectable()
export class Mailbox {
  private mails: readonly ReceivedMail[] = [];

  /** A mail that was sent twice is kept once. */
  put(mail: ReceivedMail): void {
    const others = this.mails.filter(({ id }) => id !== mail.id);
    this.mails = [mail, ...others].slice(0, MAX_MAILS);
  }

  /** Newest first. */
  list(): readonly ReceivedMail[] {
    return this.mails;
  }

  find(id: string): ReceivedMail | undefined {
    return this.mails.find((mail) => mail.id === id);
  }
}
