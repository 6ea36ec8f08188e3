import { Injectable, Logger } from '@nestjs/common';
import { Clock, SlidingWindow } from '../platform/clock/index.js';
import { Config } from '../platform/config/index.js';
import { coarseNetworkOf, SecurityEvents } from '../platform/events/index.js';
import {
  isAnotherClient,
  isOneReissueTooMany,
  MAX_REISSUED_A_MINUTE,
} from './policy/refresh-anomalies.js';
import { SessionEnder } from './session-ender.js';
import type { LiveSession, RefreshOutcome, SessionClient } from './session.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MAX_SESSIONS = 10_000;

/**
 * Detects unusual refreshes: many reissues, another client, another network, old tokens. It counts
 * in the memory of this process and reports after the response, so a usual refresh still costs one
 * statement.
 */
@Injectable()
export class RefreshWatch {
  private readonly logger = new Logger('RefreshWatch');
  private readonly reissues = new SlidingWindow<true>({
    windowMs: MINUTE_MS,
    maxKeys: MAX_SESSIONS,
    maxPerKey: MAX_REISSUED_A_MINUTE + 1,
  });
  private readonly otherClients = new SlidingWindow<true>({
    windowMs: DAY_MS,
    maxKeys: MAX_SESSIONS,
    maxPerKey: 1,
  });
  private readonly moves = new SlidingWindow<true>({
    windowMs: DAY_MS,
    maxKeys: MAX_SESSIONS,
    maxPerKey: 1,
  });

  constructor(
    private readonly events: SecurityEvents,
    private readonly ender: SessionEnder,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  observe(outcome: RefreshOutcome, client: SessionClient): void {
    if (outcome.kind === 'moved') this.reportMove(outcome.session, outcome.previousNetwork, client);
    if (!('grant' in outcome)) return;
    const { session } = outcome.grant;
    if (outcome.previousNetwork) this.reportMove(session, outcome.previousNetwork, client);
    if (isAnotherClient(session.fingerprint, client.fingerprint))
      this.reportOtherClient(session, client);
    if (outcome.kind === 'reissued') this.countReissue(session, client);
    if (outcome.isOldToken) this.reportOldToken(session, client);
  }

  /**
   * Reported once a day, since a server-side renderer refreshes with its browser's token all day.
   */
  private reportOtherClient({ id, user }: LiveSession, client: SessionClient): void {
    const earlier = this.otherClients.add(
      `${id} ${client.fingerprint}`,
      true,
      this.clock.monotonicMs(),
    );
    if (earlier.length === 0)
      void this.events.emit('fingerprint_changed', { userId: user.id, sessionId: id, client });
  }

  /** Reported once a day for each network, since a phone changes networks all day. */
  private reportMove({ id, user }: LiveSession, previous: string, client: SessionClient): void {
    const key = `${id} ${coarseNetworkOf(client.ip)}`;
    if (this.moves.add(key, true, this.clock.monotonicMs()).length > 0) return;
    void this.events.emit('network_changed', {
      userId: user.id,
      sessionId: id,
      client,
      details: { previous_network: previous },
    });
  }

  /** Only the holder of the key gets here, so nothing ends, and nobody else can cause it. */
  private reportOldToken({ id, user }: LiveSession, client: SessionClient): void {
    void this.events.emit('old_token_by_holder', { userId: user.id, sessionId: id, client });
  }

  private countReissue(session: LiveSession, client: SessionClient): void {
    const earlier = this.reissues.add(session.id, true, this.clock.monotonicMs());
    if (!isOneReissueTooMany(earlier.length)) return;
    void this.events.emit('refresh_rate_unusual', {
      userId: session.user.id,
      sessionId: session.id,
      client,
    });
    // All tokens of a bound session are given to the holder of its key: there is no thief to stop.
    const mayEnd = session.keyThumbprint === null;
    if (mayEnd && this.config.sessions.anomalyAction === 'revoke') void this.end(session, client);
  }

  private async end({ id: sessionId }: LiveSession, client: SessionClient): Promise<void> {
    try {
      const which = { kind: 'one', sessionId } as const;
      const ended = await this.ender.end(which, 'refresh_rate_unusual', client);
      for (const { userId } of ended) {
        await this.events.emit('session_ended', {
          userId,
          sessionId,
          client,
          details: { reason: 'refresh_rate_unusual' },
        });
      }
    } catch (error) {
      this.logger.error(
        { err: error, session_id: sessionId },
        'A session that is refreshed unusually often was not ended.',
      );
    }
  }
}
