import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { Config, type MailConfig } from '../platform/config/index.js';
import type { MailKind, StoredMail } from './mail.js';
import { MAIL_TEXTS } from './mail.token.js';
import { unseal } from './sealed-data.js';
import type { MailContent, MailTemplate, MailTemplates, MailTexts } from './texts/mail-text.js';
import { plainLine, plainSubject, withoutLinks } from './texts/plain-values.js';
import { selectTemplates } from './texts/select-templates.js';
import type { Message } from './transport/mail-transport.js';

/** The page that the link of each kind leads to. */
const PAGES: Readonly<Partial<Record<MailKind, keyof MailConfig['links']>>> = {
  reset_password: 'resetPassword',
  verify_address: 'verifyEmail',
  verify_new_address: 'verifyEmail',
  address_change_requested: 'undoEmailChange',
  address_changed: 'undoEmailChange',
};

/** Makes messages of the mails in the outbox. */
@Injectable()
export class MailWriter {
  private readonly templates: MailTemplates;

  /** @throws ConfigurationError if there are no texts for `MAIL_LOCALE` */
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    @Inject(MAIL_TEXTS) texts: MailTexts,
  ) {
    this.templates = selectTemplates(config.mail.locale, texts);
  }

  write(mail: StoredMail): Message {
    const content = this.contentOf(mail);
    // Each kind has a template for its own content; TypeScript does not see that they belong
    // together.
    const template = this.templates[mail.kind] as MailTemplate<MailKind>;
    const { subject, text, html } = template(content as MailContent<MailKind>);
    return {
      id: mail.id,
      kind: mail.kind,
      recipient: mail.recipient,
      createdAt: new Date(mail.createdAtMs),
      link: content.link,
      code: content.code,
      subject: plainSubject(subject),
      text,
      html,
    };
  }

  private contentOf(mail: StoredMail): Content {
    const { token, ...rest } = this.dataOf(mail) as { readonly token?: string };
    const values = Object.entries(rest).map(([name, value]) => [name, plainValue(name, value)]);
    return {
      ...(Object.fromEntries(values) as object),
      ...('expiresInMinutes' in rest && { expiresInMinutes: this.minutesLeft(mail) }),
      ...(token !== undefined && { link: this.linkOf(mail.kind, token) }),
      recipient: plainLine(mail.recipient),
    };
  }

  private dataOf({ id, data }: StoredMail): object {
    const { secret, previousSecret } = this.config.tokens;
    return unseal(data, id, [secret, previousSecret]);
  }

  /** A mail may have waited; its text must not promise the whole time again. */
  private minutesLeft({ sendUntilMs }: StoredMail): number {
    return Math.max(1, Math.round((sendUntilMs - this.clock.nowMs()) / 60_000));
  }

  private linkOf(kind: MailKind, token: string): string | undefined {
    const page = PAGES[kind];
    return page && linkTo(page, token, this.config);
  }
}

/**
 * A link to a page that uses a token. The token is in the fragment, which browsers send to no server
 * and name in no `Referer`. The address is that of the configuration, never that of a request.
 */
export function linkTo(
  page: keyof MailConfig['links'],
  token: string,
  { mail }: Pick<Config, 'mail'>,
): string {
  return `${mail.links[page]}#token=${encodeURIComponent(token)}`;
}

interface Content {
  readonly recipient: string;
  readonly link?: string;
  readonly code?: string;
}

function plainValue(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return name === 'deviceName' ? withoutLinks(value) : plainLine(value);
}
