import type { MailData, MailKind } from '../mail.js';

/** What a recipient sees. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

type WithLink<Data> = Data extends { readonly token: string }
  ? Omit<Data, 'token'> & {
      /** Leads to a page of `MAIL_LINK_…` or `PUBLIC_URL`, with the token in its fragment. */
      readonly link: string;
    }
  : Data;

/**
 * What the text of a kind of mail is made from: its data, with a link instead of the token. No value
 * has a control character, a line break or a character that changes the writing direction. Only
 * `deviceName` can be chosen by somebody else; for HTML, every value must be escaped.
 */
export type MailContent<Kind extends MailKind> = WithLink<MailData[Kind]> & {
  readonly recipient: string;
};

/** Makes the text of a kind of mail. */
export type MailTemplate<Kind extends MailKind> = (content: MailContent<Kind>) => MailText;

/** A template for every kind. */
export type MailTemplates = { readonly [Kind in MailKind]: MailTemplate<Kind> };

/** A team's own templates by language, instead of ours or for other languages; all or some kinds. */
export type MailTexts = Readonly<Record<string, Partial<MailTemplates>>>;
