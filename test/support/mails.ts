import { BackgroundWork } from '../../src/auth/account/background-work.js';
import type { MailData, MailKind } from '../../src/mail/index.js';
import { unseal } from '../../src/mail/sealed-data.js';
import { TEST_SECRET, type TestApp } from './app.js';
import type { TestDatabase } from './database.js';

/** Variables with which mails stay in the outbox, since no mail server listens there. */
export const UNDELIVERED = {
  MAIL_URL: 'smtp://127.0.0.1:9',
  MAIL_FROM: 'no-reply@example.com',
  MAIL_LINK_RESET: 'https://app.example.com/reset',
  MAIL_LINK_VERIFY: 'https://app.example.com/verify',
  MAIL_LINK_UNDO: 'https://app.example.com/undo',
};

export interface WrittenMail<Kind extends MailKind = MailKind> {
  readonly kind: Kind;
  readonly recipient: string;
  readonly userId: string | null;
  readonly data: MailData[Kind];
}

/** The mails in the outbox for an address, the oldest first. They must be `UNDELIVERED`. */
export async function writtenMails(
  database: TestDatabase,
  recipient: string,
): Promise<WrittenMail[]> {
  const rows = await database.query<WrittenMail & { id: string; data: string }>(
    `SELECT id, kind, recipient, user_id AS "userId", data FROM mails WHERE recipient = $1 ORDER BY created_at, id`,
    [recipient],
  );
  return rows.map(({ id, data, ...mail }) => ({
    ...mail,
    data: unseal(data, id, [TEST_SECRET]) as MailData[MailKind],
  }));
}

/** The mails that an application has written to an address, the oldest first. */
export async function mailsTo(app: TestApp, recipient: string): Promise<WrittenMail[]> {
  await app.nest.get(BackgroundWork, { strict: false }).settle();
  return writtenMails(app.database, recipient);
}

/** The data of the newest mail of a kind to an address. */
export async function lastMail<Kind extends MailKind>(
  app: TestApp,
  recipient: string,
  kind: Kind,
): Promise<MailData[Kind]> {
  const mails = await mailsTo(app, recipient);
  const mail = mails.filter((one): one is WrittenMail<Kind> => one.kind === kind).at(-1);
  if (!mail) throw new Error(`There is no mail ${kind} to ${recipient}.`);
  return mail.data;
}

/** A code that is not the one of a mail. */
export function wrongCodeFor({ code }: { readonly code: string }): string {
  return String((Number(code) + 1) % 10 ** 8).padStart(8, '0');
}
