export { MailModule } from './mail.module.js';
export { Outbox } from './outbox.js';
export { OutgoingMail } from './outgoing-mail.entity.js';
export type { Happened, MailData, MailKind, NewMail, Proof } from './mail.js';
