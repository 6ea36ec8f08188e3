import { Injectable, Logger } from '@nestjs/common';
import { networkOf } from '../platform/events/index.js';
import type { SessionsToEnd } from './persistence/ending.statements.js';
import type { EndReason } from './persistence/session.entity.js';
import { SessionStore, type EndedSession } from './persistence/session.store.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import type { RevocationNotice } from './revocation/revoked-sessions.js';
import type { Requester } from './session.js';

/**
 * The one way to end sessions. Once an ending is committed this instance knows at once that the
 * access tokens are dead, the others are told, and the log has a line for each session
 * (`auth.session.ended`).
 */
@Injectable()
export class SessionEnder {
  private readonly logger = new Logger('Security');

  constructor(
    private readonly store: SessionStore,
    private readonly feed: RevocationFeed,
  ) {}

  /**
   * Ends sessions and tells of them.
   *
   * @param by who asked for it, as far as that is known
   */
  async end(which: SessionsToEnd, reason: EndReason, by?: Requester): Promise<EndedSession[]> {
    const ended = await this.store.end(which, reason);
    this.tell(ended, reason, by);
    return ended;
  }

  /** For sessions that ended within a transaction, once that is committed. */
  tell(ended: readonly EndedSession[], reason: EndReason, by?: Requester): void {
    this.feed.learn(ended);
    this.log(ended, reason, by);
  }

  /**
   * For a session that goes on in its next epoch, once that is committed: its older tokens are dead,
   * and it has not ended.
   */
  tellOfNextEpoch(revocation: RevocationNotice): void {
    this.feed.learn([revocation]);
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
