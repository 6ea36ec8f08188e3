import { call } from './api.js';

/** A mail in `/mailbox.json`. */
export interface MailboxEntry {
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly link: string | null;
  readonly code: string | null;
  readonly sent_at: string;
}

/** The mails that an instance in development has sent, newest first. */
export async function mailboxOf(url: string): Promise<MailboxEntry[]> {
  return (await call<{ mails: MailboxEntry[] }>('GET', `${url}/mailbox.json`)).body.mails;
}
