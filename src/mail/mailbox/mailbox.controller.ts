import { Get, Header, Injectable, Param, UseGuards, type CanActivate } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { OwnController, Public } from '../../platform/caller/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { hasMailbox, Mailbox, type ReceivedMail } from './mailbox.js';
import { listPage, mailPage } from './mailbox.pages.js';

/** A page of HTML; the header `nosniff` needs the type. */
const Page = () => Header('content-type', 'text/html; charset=utf-8');

/** Lets requests to the mailbox pass where there is one. */
@Injectable()
class MailboxGuard implements CanActivate {
  constructor(private readonly config: Config) {}

  canActivate(): boolean {
    if (!hasMailbox(this.config)) throw new Problem('not_found');
    return true;
  }
}

/** In development without `MAIL_URL`: shows what was sent. Everywhere else 404. */
@Public()
@ApiExcludeController()
@UseGuards(MailboxGuard)
@OwnController('')
export class MailboxController {
  constructor(private readonly mailbox: Mailbox) {}

  @Get('mailbox')
  @Page()
  list(): string {
    return listPage(this.mailbox.list());
  }

  /** For tests. */
  @Get('mailbox.json')
  listAsJson() {
    return { mails: this.mailbox.list().map(toJson) };
  }

  @Get('mailbox/:id')
  @Page()
  show(@Param('id') id: string): string {
    const mail = this.mailbox.find(id);
    if (!mail) throw new Problem('not_found');
    return mailPage(mail);
  }
}

function toJson({ id, kind, recipient, subject, text, html, link, code, sentAt }: ReceivedMail) {
  const sent_at = sentAt.toISOString();
  return {
    id,
    kind,
    recipient,
    subject,
    text,
    html,
    link: link ?? null,
    code: code ?? null,
    sent_at,
  };
}
