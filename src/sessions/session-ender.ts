import type { RevocationNotice } from '#protocol';
import { Injectable, Logger } from '@nestjs/common';
import { coarseNetworkOf } from '../platform/events/index.js';
import type { SessionsToEnd } from './persistence/ending.statements.js';
import type { EndReason } from './persistence/session.entity.js';
import { SessionStore, type EndedSession } from './persistence/session.store.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import type { Requester } from './session.js';

/**
 * The only way to end sessions. As soon as the end is committed, this instance rejects the
 * session's access tokens, the other instances are notified, and the log gets a line for each
 * session (`auth.session.ended`).
 */
@Injectable()
export class SessionEnder {
  private readonly logger = new Logger('Security');

  constructor(
    private readonly store: SessionStore,
    private readonly feed: RevocationFeed,
  ) {}

  /**
   * Ends sessions and reports them.
   *
   * @param by who asked for it, if that is known
   */
  async end(which: SessionsToEnd, reason: EndReason, by?: Requester): Promise<EndedSession[]> {
    const ended = await this.store.end(which, reason);
    this.reportEnded(ended, reason, by);
    return ended;
  }

  /** To be called after the commit of a transaction that ended sessions. */
  reportEnded(ended: readonly EndedSession[], reason: EndReason, by?: Requester): void {
    this.feed.publish(ended);
    this.log(ended, reason, by);
  }

  /**
   * To be called after the commit of a transaction that began a session's next epoch: the session
   * is live, and its older tokens are void.
   */
  reportNextEpoch(revocation: RevocationNotice): void {
    this.feed.publish([revocation]);
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
      network: coarseNetworkOf(ip),
    };
    for (const { sessionId, userId } of ended)
      this.logger.log(
        { ...members, session_id: sessionId, user_id: userId },
        'A session ended before it expired.',
      );
  }
}
