import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { NIL, v7 as newId } from 'uuid';
import { FIRST_TOKEN, type SessionStatus, type TokenFacts, type Transport } from '#protocol';
import { Config } from '../platform/config/index.js';
import { DATABASE } from '../platform/database/index.js';
import { Problem } from '../platform/errors/index.js';
import { SecurityEvents, type EventClient } from '../platform/events/index.js';
import type { EndReason } from './persistence/session.entity.js';
import {
  SessionStore,
  type EndedSession,
  type RenewalState,
  type Restarted,
} from './persistence/session.store.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import { SessionEnder } from './session-ender.js';
import type {
  Requester,
  SessionClient,
  SessionFacts,
  SessionGrant,
  SessionsPage,
  SessionSummary,
  SessionToRestart,
} from './session.js';
import { SessionLimit } from './session-limit.js';
import { UserEndings } from './user-endings.js';

/** So few that one step holds its locks for milliseconds. */
const STEP_ROWS = 1000;

/** What a session is to begin with. */
export interface SessionRequest {
  /** The id of the session, if it was chosen already. */
  readonly id?: string;
  readonly userId: string;
  /** How the user has proved who they are, by the names of RFC 8176, such as `pwd`. */
  readonly amr: readonly string[];
  /**
   * The hash that a password was verified against; the session begins only if it is unchanged.
   */
  readonly verifiedHash?: string;
  readonly rememberMe?: boolean | undefined;
  readonly transport?: Transport | undefined;
  /** The thumbprint of the key that the sign-in has proved, to bind the session to it. */
  readonly keyThumbprint?: string | undefined;
  readonly client: SessionClient;
}

/** Further work in the same transaction; it throws to roll everything back. */
export type Alongside = (transaction: EntityManager) => Promise<void>;

/**
 * Begins, ends and lists sessions, and says which of them are live. `SessionRefresher` refreshes
 * them. It depends on neither HTTP nor JWT.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionStore,
    private readonly feed: RevocationFeed,
    private readonly ender: SessionEnder,
    private readonly userEndings: UserEndings,
    private readonly limit: SessionLimit,
    private readonly events: SecurityEvents,
    private readonly config: Config,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {}

  /**
   * Begins a session. Undefined if the user was deactivated, or changed the password, after it was
   * verified.
   */
  async begin(
    request: SessionRequest,
    transaction?: EntityManager,
  ): Promise<SessionGrant | undefined> {
    const { absoluteMaxSeconds } = this.config.sessions;
    const { userId, amr, verifiedHash, keyThumbprint, client } = request;
    const { transport = 'body', rememberMe = null } = request;
    const lifetimeSeconds = this.lifetimeSeconds(request.rememberMe);
    const wanted = {
      id: request.id ?? newId(),
      userId,
      amr,
      verifiedHash,
      keyThumbprint,
      transport,
      rememberMe,
      lifetimeSeconds,
      absoluteMaxSeconds,
      client,
    };
    const begun = await this.store.begin(wanted, transaction);
    if (begun && !transaction) this.limit.enforce(userId);
    return begun && { ...begun, refreshToken: FIRST_TOKEN };
  }

  /**
   * Ends a session by any token of its current epoch. A session that has already ended, or that has
   * begun another epoch, is no error.
   */
  async endByToken(
    sessionId: string,
    epoch: number,
    client: SessionClient,
  ): Promise<{ hadCookie: boolean }> {
    const ended = await this.ender.end({ kind: 'by_token', sessionId, epoch }, 'logout', client);
    for (const { userId } of ended) await this.events.emit('logout', { userId, sessionId, client });
    return { hadCookie: ended.some(({ hadCookie }) => hadCookie) };
  }

  /** Ends one of the user's sessions; undefined if the user has no such live session. */
  async endOwn(
    sessionId: string,
    by: { userId: string; sessionId: string },
    client: EventClient,
  ): Promise<EndedSession | undefined> {
    const { userId } = by;
    const which = { kind: 'owned', sessionId, userId } as const;
    const [ended] = await this.ender.end(which, 'ended_by_user', client);
    if (!ended) return undefined;
    await this.events.emit('session_ended', {
      userId,
      sessionId,
      client,
      details: { reason: 'ended_by_user', by_session: by.sessionId },
    });
    return ended;
  }

  /**
   * Ends one session of a user on behalf of an operator; false if there is no such live session.
   */
  async endForOperator(sessionId: string, userId: string, by?: Requester): Promise<boolean> {
    const which = { kind: 'owned', sessionId, userId } as const;
    const ended = await this.ender.end(which, 'ended_by_operator', by);
    if (ended.length === 0) return false;
    await this.events.emit('session_ended', {
      userId,
      sessionId,
      client: by,
      details: { reason: 'ended_by_operator' },
    });
    return true;
  }

  /**
   * Ends all live sessions of all users that began before an instant, in steps; returns how many.
   * If it fails, the steps that were done remain done, and it may be called again.
   */
  async endBegunBefore(instant: Date, by?: Requester): Promise<number> {
    const instantMs = instant.getTime();
    let count = 0;
    let afterId: string = NIL;
    for (;;) {
      const lastId = await this.store.lastOfNext(afterId, STEP_ROWS);
      if (lastId === undefined) return count;
      const which = { kind: 'begun_before', instantMs, afterId, lastId } as const;
      const ended = await this.ender.end(which, 'ended_by_operator', by);
      count += ended.length;
      afterId = lastId;
    }
  }

  /**
   * Ends every live session of the user, and runs `alongside` in the same transaction.
   * `UserEndings` describes what happens if there are very many.
   */
  async endAll(
    userId: string,
    reason: EndReason,
    by?: Requester,
    alongside: Alongside = async () => {},
  ): Promise<EndedSession[]> {
    const begun = await this.database.transaction(async (transaction) => {
      await this.userEndings.lockUser(userId, transaction);
      await alongside(transaction);
      return this.userEndings.begin({ userId, reason }, transaction);
    });
    return this.userEndings.complete({ userId, reason }, begun, by);
  }

  /**
   * Changes the password, begins the next epoch of this session, which makes its older tokens void,
   * and ends the user's other sessions: in this order, in one transaction.
   *
   * @throws Problem `session_revoked` if the session has meanwhile ended, or begun another epoch,
   *   or
   * is bound to another key
   */
  async beginNextEpoch(
    session: SessionToRestart & { readonly userId: string },
    client: SessionClient,
    changePassword: Alongside,
  ): Promise<SessionGrant> {
    const { id, userId } = session;
    const { restarted, begun } = await this.database.transaction(async (transaction) => {
      await this.userEndings.lockUser(userId, transaction);
      await changePassword(transaction);
      await this.userEndings.lockSessions(userId, transaction);
      const restarted = await this.store.restart(session, client, transaction);
      if (!restarted) throw new Problem('session_revoked');
      const others = { userId, keptId: id, reason: 'password_changed' } as const;
      return { restarted, begun: await this.userEndings.begin(others, transaction) };
    });
    this.ender.reportNextEpoch(restarted.revocation);
    await this.userEndings.complete({ userId, reason: 'password_changed' }, begun, client);
    return grantOf(restarted);
  }

  /**
   * Begins the next epoch of a session whose user has just proved again who they are: its older
   * tokens become void, and other sessions continue. The token that named the session may be of an
   * older epoch, if only such proofs have ended that one: a client whose response was lost can
   * prove it once more. If that response was to bring a new key, it must name the same one: whoever
   * has a key that was replaced must not bring the session to another.
   *
   * @param amr how the user has proved it, by the names of RFC 8176
   * @throws Problem `session_revoked`
   */
  async beginProvenEpoch(
    session: SessionToRestart,
    amr: readonly string[],
    client: SessionClient,
  ): Promise<SessionGrant> {
    const restarted = await this.store.restartByProof(session, amr, client);
    if (!restarted) throw new Problem('session_revoked');
    this.ender.reportNextEpoch(restarted.revocation);
    return grantOf(restarted);
  }

  /**
   * To be called before a proof is verified, so that a token of an ended session tests no password.
   *
   * @throws Problem `session_revoked` if `beginProvenEpoch` would throw it
   */
  async requireProvable(session: SessionToRestart): Promise<void> {
    if (!(await this.store.isProvable(session))) throw new Problem('session_revoked');
  }

  /** True if memory alone shows that a token is good. */
  isKnownToLive(token: TokenFacts): boolean {
    return this.feed.status(token) === 'live';
  }

  /** True if memory alone shows that a token is not good any more. */
  isKnownToBeOver(token: TokenFacts): boolean {
    const status = this.feed.status(token);
    return status === 'ended' || status === 'outdated';
  }

  /**
   * Whether a token is good: from memory, or from the database while memory may be incomplete.
   */
  async status(token: TokenFacts): Promise<SessionStatus> {
    return this.feed.status(token) ?? this.store.status(token);
  }

  /** A live session, for a team's hooks; undefined if there is none. */
  async readFacts(sessionId: string): Promise<SessionFacts | undefined> {
    return this.store.readFacts(sessionId);
  }

  /**
   * Makes the user's access tokens void on every instance, in one transaction with a change of what
   * they say about the user. No session ends: clients refresh. Nothing happens if `change` returns
   * false.
   */
  async expireClaims(
    userId: string,
    change: (transaction: EntityManager) => Promise<boolean>,
  ): Promise<void> {
    const notice = await this.database.transaction(async (transaction) =>
      (await change(transaction)) ? this.store.raiseClaimsVersion(userId, transaction) : undefined,
    );
    if (notice) this.feed.publish([notice]);
  }

  /**
   * What a renewal of an access token is decided on; undefined if the session is not live in this
   * epoch.
   */
  async readForRenewal(sessionId: string, epoch: number): Promise<RenewalState | undefined> {
    return this.store.readForRenewal(sessionId, epoch);
  }

  /** A page of the user's live sessions, the last used first. */
  async list(userId: string, page: SessionsPage): Promise<SessionSummary[]> {
    return this.store.list(userId, page);
  }

  private lifetimeSeconds(rememberMe: boolean | undefined): number {
    const { lifetimeSeconds } = this.config.sessions;
    if (rememberMe === undefined) return lifetimeSeconds.default;
    return rememberMe ? lifetimeSeconds.remembered : lifetimeSeconds.short;
  }
}

function grantOf({ session, expiresAt }: Restarted): SessionGrant {
  return { session, refreshToken: FIRST_TOKEN, expiresAt };
}
