import type { MailData, MailKind } from '../../src/mail/index.js';
import { BackgroundWork } from '../../src/auth/account/background-work.js';
import type { TestApp } from './app.js';

export interface WrittenMail<Kind extends MailKind = MailKind> {
  readonly kind: Kind;
  readonly recipient: string;
  readonly userId: string | null;
  readonly data: MailData[Kind];
}

/** The mails that an application has written to an address, the oldest first. */
export async function mailsTo(app: TestApp, recipient: string): Promise<WrittenMail[]> {
  await app.nest.get(BackgroundWork, { strict: false }).settle();
  return app.database.query<WrittenMail>(
    `SELECT kind, recipient, user_id AS "userId", data FROM mails WHERE recipient = $1 ORDER BY created_at, id`,
    [recipient],
  );
}

/** The data of the newest mail of a kind to an address. */
export async function lastMail<Kind extends MailKind>(
  app: TestApp,
  recipient: string,
  kind: Kind,
): Promise<MailData[Kind]> {
  const mails = await mailsTo(app, recipient);
  const mail = mails.findLast((one): one is WrittenMail<Kind> => one.kind === kind);
  if (!mail) throw new Error(`There is no mail ${kind} to ${recipient}.`);
  return mail.data;
}

/** A code that is not the one of a mail. */
export function wrongCodeFor({ code }: { readonly code: string }): string {
  return String((Number(code) + 1) % 10 ** 8).padStart(8, '0');
}
