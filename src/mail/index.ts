export { hasMailbox } from './mailbox/mailbox.js';
export { MailModule } from './mail.module.js';
export { Outbox } from './outbox.js';
export { OutgoingMail } from './outgoing-mail.entity.js';
export type { Happened, MailData, MailKind, NewMail, Proof } from './mail.js';
export { composeMail, type MailPart, type MailParts } from './texts/compose-mail.js';
export type {
  MailContent,
  MailTemplate,
  MailTemplates,
  MailText,
  MailTexts,
} from './texts/mail-text.js';
export { linkTo } from './mail-writer.js';
