import { Injectable, Logger } from '@nestjs/common';
import { networkOf } from '../platform/events/index.js';
import type { EndReason } from './persistence/session.entity.js';
import type { EndedSession } from './persistence/session.store.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import type { Requester } from './session.js';

/**
 * What every ending of sessions does once it is committed: this instance knows at once that their
 * access tokens are dead, the others are told, and the log has a line for each
 * (`auth.session.ended`).
 */
@Injectable()
export class EndingReport {
  private readonly logger = new Logger('Security');

  constructor(private readonly feed: RevocationFeed) {}

  /** @param by who asked for it, as far as that is known */
  report(ended: readonly EndedSession[], reason: EndReason, by?: Requester): void {
    this.feed.learn(ended);
    this.log(ended, reason, by);
  }

  private log(
    ended: readonly EndedSession[],
    reason: EndReason,
    { requestId, deviceName, ip = null }: Requester = {},
  ): void {
    const members = {
      event: 'auth.session.ended',
      reason,
      request_id: requestId ?? null,
      device_name: deviceName ?? null,
      network: networkOf(ip),
    };
    for (const { sessionId, userId } of ended)
      this.logger.log(
        { ...members, session_id: sessionId, user_id: userId },
        'A session was ended before its time.',
      );
  }
}
