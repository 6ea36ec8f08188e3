import { Injectable } from '@nestjs/common';
import { decideRotation, firstChildOf, type PresentedToken, type Rotation } from '#protocol';
import { Config } from '../platform/config/index.js';
import { coarseNetworkOf, SecurityEvents } from '../platform/events/index.js';
import { SessionStore, type Confirmed, type StoredSession } from './persistence/session.store.js';
import { chainFingerprint } from './policy/chain-fingerprint.js';
import { RefreshWatch } from './refresh-watch.js';
import { SessionEnder } from './session-ender.js';
import type { RefreshOutcome, SessionClient } from './session.js';

/** The claims of a presented refresh token, with its session. */
export type RefreshAttempt = Omit<PresentedToken, 'fingerprint'> & { readonly sessionId: string };

/**
 * Refreshes sessions: predicts or reads the state of the session, decides, writes with
 * compare-and-set, reports the outcome. Instances may race without a lock.
 */
@Injectable()
export class SessionRefresher {
  constructor(
    private readonly store: SessionStore,
    private readonly watch: RefreshWatch,
    private readonly ender: SessionEnder,
    private readonly events: SecurityEvents,
    private readonly config: Config,
  ) {}

  /**
   * Checks a refresh token and grants the next one, or ends the session if the token was reused.
   */
  async refresh(attempt: RefreshAttempt, client: SessionClient): Promise<RefreshOutcome> {
    const fingerprint = chainFingerprint(attempt.keyThumbprint, client.fingerprint);
    const token = { ...attempt, fingerprint };
    const confirmed = await this.store.confirm(
      attempt.sessionId,
      token,
      this.config.sessions.graceSeconds,
      client.ip,
      !this.requiresSameNetwork,
    );
    const outcome = confirmed
      ? rotated(token, confirmed, client)
      : await this.decide(attempt.sessionId, token, client);
    this.watch.observe(outcome, client);
    return outcome;
  }

  /** True if a session may be refreshed only from the network that it was last used in. */
  private get requiresSameNetwork(): boolean {
    return this.config.sessions.networkChangeAction === 'reauthenticate';
  }

  /**
   * After a lost race, it reads and decides again. This ends, since another request won each lost
   * race.
   */
  private async decide(
    sessionId: string,
    token: PresentedToken,
    client: SessionClient,
  ): Promise<RefreshOutcome> {
    for (;;) {
      const read = await this.store.read(sessionId);
      if (!read) return { kind: 'ended' };
      const outcome = await this.apply(
        decideRotation(read.state, token, read.now, this.config.sessions),
        read,
        token,
        client,
      );
      if (outcome) return outcome;
    }
  }

  /** Undefined if the row has changed since it was read. */
  private async apply(
    decision: Rotation,
    read: StoredSession,
    { epoch }: PresentedToken,
    client: SessionClient,
  ): Promise<RefreshOutcome | undefined> {
    const previousNetwork = previousNetworkOf(read.ip, client.ip);
    if ('child' in decision && previousNetwork !== undefined && this.requiresSameNetwork)
      return { kind: 'moved', session: read.session, previousNetwork };

    switch (decision.kind) {
      case 'rotated':
      case 'reissued': {
        const { kind, chain, child, expiresAt } = decision;
        const isOldToken = kind === 'reissued' ? decision.isOldToken : undefined;
        const isWritten = await this.store.advance(read, chain, expiresAt, client.ip);
        return isWritten
          ? {
              kind,
              grant: { session: read.session, refreshToken: child, expiresAt },
              previousNetwork,
              isOldToken,
            }
          : undefined;
      }
      case 'replayed':
        return {
          kind: 'replayed',
          grant: {
            session: read.session,
            refreshToken: decision.child,
            expiresAt: decision.expiresAt,
          },
          previousNetwork,
        };
      case 'reused': {
        const which = {
          kind: 'unchanged',
          sessionId: read.session.id,
          version: read.version,
        } as const;
        const ended = await this.ender.end(which, 'refresh_reuse_detected', client);
        if (ended.length === 0) return undefined;
        await this.events.emit('refresh_reuse_detected', {
          userId: read.session.user.id,
          sessionId: read.session.id,
          client,
        });
        return { kind: 'reused' };
      }
      case 'outdated':
        // The tokens of the new proof may be lost, and then this client has nothing else.
        return epoch < read.state.epoch && epoch >= read.provableEpoch
          ? { kind: 'unproven' }
          : decision;
      case 'ended':
      case 'expired':
        return decision;
    }
  }
}

function rotated(
  token: PresentedToken,
  { session, expiresAt, previousIp }: Confirmed,
  { ip }: SessionClient,
): RefreshOutcome {
  const grant = { session, refreshToken: firstChildOf(token), expiresAt };
  return previousIp === null
    ? { kind: 'rotated', grant }
    : { kind: 'rotated', grant, previousNetwork: previousNetworkOf(previousIp, ip) };
}

/**
 * The network of the session's previous address if the current address is in another network;
 * undefined if both are in the same one, or one of them is unknown.
 */
function previousNetworkOf(formerIp: string | null, ip: string | null): string | undefined {
  if (formerIp === ip) return undefined;
  const [former, present] = [coarseNetworkOf(formerIp), coarseNetworkOf(ip)];
  return former !== null && present !== null && former !== present ? former : undefined;
}
