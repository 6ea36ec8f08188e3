import { Injectable, Logger } from '@nestjs/common';
import { networkOf, type EventClient } from '../platform/events/index.js';
import type { EndReason } from './persistence/session.entity.js';

/**
 * Writes one line of the log for each session that was ended here, by whatever way:
 * `auth.session.ended`. `by` is the client that asked for it, as far as that is known.
 */
@Injectable()
export class EndingLog {
  private readonly logger = new Logger('Security');

  write(
    ended: readonly { readonly sessionId: string; readonly userId: string }[],
    reason: EndReason,
    { requestId = null, deviceName = null, ip = null }: Partial<Nullable<EventClient>> = {},
  ): void {
    const members = {
      event: 'auth.session.ended',
      reason,
      request_id: requestId,
      device_name: deviceName,
      network: networkOf(ip),
    };
    for (const { sessionId, userId } of ended)
      this.logger.log(
        { ...members, session_id: sessionId, user_id: userId },
        'A session was ended before its time.',
      );
  }
}

type Nullable<T> = { readonly [Member in keyof T]: T[Member] | null };
