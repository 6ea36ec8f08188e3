import { Injectable, Logger } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import type { SecurityEvent } from '../platform/events/index.js';
import type { NoticeKind } from './mail.js';
import { Outbox } from './outbox.js';

/**
 * Tells users of security events by mail. Changes of password and address are not here: their mails
 * are added in the transaction of the change.
 */
@Injectable()
export class Notices {
  private readonly logger = new Logger('Notices');

  constructor(private readonly outbox: Outbox) {}

  /** The first sign-in of an account is no new device. */
  @OnEvent('security.new_device')
  async tellOfDevice(event: SecurityEvent<'new_device'>): Promise<void> {
    await this.tell('new_device', event);
  }

  @OnEvent('security.refresh_reuse_detected')
  async tellOfReuse(event: SecurityEvent<'refresh_reuse_detected'>): Promise<void> {
    await this.tell('session_ended_for_reuse', event);
  }

  private async tell(
    kind: NoticeKind,
    { id, userId, occurredAt, deviceName, network }: SecurityEvent,
  ): Promise<void> {
    if (userId === null) return;
    try {
      await this.outbox.notify(kind, userId, { at: occurredAt.toISOString(), deviceName, network });
    } catch (error) {
      this.logger.error(
        { err: error, kind, event_id: id },
        'A notice was not added to the outbox.',
      );
    }
  }
}
