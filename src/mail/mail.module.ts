import { Module } from '@nestjs/common';
import { Outbox } from './outbox.js';

/** How mail leaves: the outbox, what sends it, and the texts. */
@Module({ providers: [Outbox], exports: [Outbox] })
export class MailModule {}
