import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/index.js';
import { coarseNetworkOf, SecurityEvents } from '../platform/events/index.js';
import { SessionStore, type Confirmed, type StoredSession } from './persistence/session.store.js';
import { decideRotation, type PresentedToken, type Rotation } from './policy/rotation.js';
import { RefreshWatch } from './refresh-watch.js';
import { SessionEnder } from './session-ender.js';
import type { RefreshOutcome, SessionClient } from './session.js';

/** A refresh token as it came in, with the session that it names. */
export type RefreshRequest = Omit<PresentedToken, 'fingerprint'> & { readonly sessionId: string };

/**
 * The engine of refreshing: predict the state of the session, or read it; decide; compare and set;
 * report. Instances may race, without a lock.
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
   * Judges a refresh token and gives its client the next one, or ends the session where the token
   * was reused.
   */
  async refresh(request: RefreshRequest, client: SessionClient): Promise<RefreshOutcome> {
    const token = { ...request, fingerprint: client.fingerprint };
    const confirmed = await this.store.confirm(
      request.sessionId,
      token,
      this.config.sessions.graceSeconds,
      client.ip,
      !this.mustStay,
    );
    const outcome = confirmed
      ? rotated(token, confirmed, client)
      : await this.decide(request.sessionId, token, client);
    this.watch.observe(outcome, client);
    return outcome;
  }

  /** A session is continued in its network alone. */
  private get mustStay(): boolean {
    return this.config.sessions.networkChangeAction === 'reauthenticate';
  }

  /**
   * Whoever loses a race reads again and decides again; each round lost is one that somebody else
   * has won.
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
        client,
      );
      if (outcome) return outcome;
    }
  }

  /** Undefined where the row has changed since it was read. */
  private async apply(
    decision: Rotation,
    read: StoredSession,
    client: SessionClient,
  ): Promise<RefreshOutcome | undefined> {
    const previousNetwork = networkLeft(read.ip, client.ip);
    if ('child' in decision && previousNetwork !== undefined && this.mustStay)
      return { kind: 'moved', session: read.session, previousNetwork };

    switch (decision.kind) {
      case 'rotated':
      case 'reissued': {
        const { kind, chain, child, expiresAt } = decision;
        const isWritten = await this.store.advance(read, chain, expiresAt, client.ip);
        return isWritten
          ? {
              kind,
              grant: { session: read.session, refreshToken: child, expiresAt },
              previousNetwork,
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
      case 'ended':
      case 'expired':
      case 'outdated':
        return decision;
    }
  }
}

function rotated(
  { generation, key }: PresentedToken,
  { session, expiresAt, previousIp }: Confirmed,
  { ip }: SessionClient,
): RefreshOutcome {
  const refreshToken = { generation: generation + 1, key: 1, parentKey: key };
  const grant = { session, refreshToken, expiresAt };
  return previousIp === null
    ? { kind: 'rotated', grant }
    : { kind: 'rotated', grant, previousNetwork: networkLeft(previousIp, ip) };
}

/**
 * The network of a session's former address, where that of the present one is another; undefined
 * where it is the same, or one of them is unknown.
 */
function networkLeft(formerIp: string | null, ip: string | null): string | undefined {
  if (formerIp === ip) return undefined;
  const [former, present] = [coarseNetworkOf(formerIp), coarseNetworkOf(ip)];
  return former !== null && present !== null && former !== present ? former : undefined;
}
