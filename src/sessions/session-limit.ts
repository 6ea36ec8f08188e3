import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../platform/config/index.js';
import { SecurityEvents } from '../platform/events/index.js';
import { SessionEnder } from './session-ender.js';

/**
 * Limits the number of a user's live sessions (`MAX_SESSIONS_PER_USER`): a client that signs in again
 * and again instead of refreshing would create sessions without limit.
 */
@Injectable()
export class SessionLimit {
  private readonly logger = new Logger('SessionLimit');

  constructor(
    private readonly ender: SessionEnder,
    private readonly events: SecurityEvents,
    private readonly config: Config,
  ) {}

  /**
   * If the user has too many sessions, ends those that were unused for longest. A sign-in does not
   * wait for it.
   */
  enforce(userId: string): void {
    const { maxPerUser } = this.config.sessions;
    if (maxPerUser === 0) return;
    this.endExcess(userId, maxPerUser).catch((error: unknown) =>
      this.logger.warn(
        { err: error, user_id: userId },
        'Sessions beyond MAX_SESSIONS_PER_USER were not ended; the next sign-in tries again.',
      ),
    );
  }

  private async endExcess(userId: string, maxPerUser: number): Promise<void> {
    const which = { kind: 'excess', userId, limit: maxPerUser } as const;
    const ended = await this.ender.end(which, 'too_many_sessions');
    for (const { sessionId } of ended)
      await this.events.emit('session_ended', {
        userId,
        sessionId,
        details: { reason: 'too_many_sessions' },
      });
  }
}
