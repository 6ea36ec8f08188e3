import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { Config } from '../platform/config/index.js';
import { MailMetrics } from './mail.metrics.js';
import { MailSender } from './mail-sender.js';
import { MailStore } from './mail.store.js';
import { MailSweeper } from './mail-sweeper.js';
import { MAIL_TEXTS } from './mail.token.js';
import { MailWriter } from './mail-writer.js';
import { Mailbox } from './mailbox/mailbox.js';
import { MailboxController } from './mailbox/mailbox.controller.js';
import { Notices } from './notices.js';
import { Outbox } from './outbox.js';
import type { MailTexts } from './texts/mail-text.js';
import { createMailTransport } from './create-mail-transport.js';
import { MailTransport } from './transport/mail-transport.js';

/** How mail leaves: the outbox, what sends it, and the texts. */
@Module({})
export class MailModule {
  /** @param texts a team's own texts, instead of ours or for other languages */
  static forRoot(texts: MailTexts = {}): DynamicModule {
    return {
      module: MailModule,
      global: true,
      controllers: [MailboxController],
      providers: [
        { provide: MAIL_TEXTS, useValue: texts },
        {
          provide: MailTransport,
          inject: [Config, Mailbox, Clock],
          useFactory: createMailTransport,
        },
        Mailbox,
        MailMetrics,
        MailSender,
        MailStore,
        MailSweeper,
        MailWriter,
        Notices,
        Outbox,
      ],
      exports: [Outbox],
    };
  }
}
