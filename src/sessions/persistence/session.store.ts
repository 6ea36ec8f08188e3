import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type {
  Chain,
  PresentedToken,
  RevocationNotice,
  RotationState,
  SessionStatus,
  TokenFacts,
  Transport,
} from '#protocol';
import { Clock } from '../../platform/clock/index.js';
import { NoPrimaryError, Statements, type SweptStep } from '../../platform/database/index.js';
import type { UserProfile } from '../../users/index.js';
import type {
  LiveSession,
  SessionClient,
  SessionFacts,
  SessionsPage,
  SessionSummary,
  SessionToRestart,
} from '../session.js';
import { chainFingerprint } from '../policy/chain-fingerprint.js';
import { endingOf, LAST_OF_NEXT, type SessionsToEnd } from './ending.statements.js';
import type { EndReason } from './session.entity.js';
import * as sql from './session.statements.js';

/** A live session and when it expires, in epoch milliseconds. */
export interface Expiring {
  readonly session: LiveSession;
  readonly expiresAt: number;
}

/** A session's row as it was read at `now` (epoch milliseconds of the database's clock). */
export interface StoredSession extends Expiring {
  /** The address from which it was last used. */
  readonly ip: string | null;
  readonly state: RotationState;
  /** The epoch that the last change of password began. */
  readonly provableEpoch: number;
  readonly version: number;
  readonly now: number;
}

/** A session in its next epoch, and the end of its older ones. */
export type Restarted = Expiring & { readonly revocation: RevocationNotice };

/**
 * A session whose token was confirmed; `previousIp` is set if the client's address has changed.
 */
export type Confirmed = Expiring & { readonly previousIp: string | null };

/** A session that has ended; `hadCookie` if its refresh token was in the cookie. */
export type EndedSession = RevocationNotice & { readonly hadCookie: boolean };

export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly amr: readonly string[];
  /** The hash that a password was verified against. */
  readonly verifiedHash?: string | undefined;
  readonly transport: Transport;
  readonly rememberMe: boolean | null;
  readonly lifetimeSeconds: number;
  readonly absoluteMaxSeconds: number;
  /** Of the key that the session is bound to. */
  readonly keyThumbprint?: string | undefined;
  readonly client: SessionClient;
}

interface Remaining {
  /** Until the session expires. */
  readonly remainingSeconds: number;
}

export type RenewalState = Expiring & Remaining;

interface StatusRow {
  readonly isReplica: boolean;
  /** Null if there is no such session. */
  readonly epoch: number | null;
  readonly claimsVersion: number;
  readonly isEnded: boolean;
}

type LiveSessionRow = Omit<LiveSession, 'user'> &
  Omit<UserProfile, 'id'> & { userId: string; expiresAt: number };
type SessionRow = LiveSessionRow &
  RotationState & { ip: string | null; provableEpoch: number; version: number; now: number };

/**
 * The table `sessions`. Every write is a compare-and-set in one statement, so instances may race.
 */
@Injectable()
export class SessionStore {
  constructor(
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  /** Begins a session; undefined if the user is no longer active, or has changed the password. */
  async begin(wanted: NewSession, transaction?: EntityManager): Promise<Expiring | undefined> {
    const {
      id,
      userId,
      amr,
      verifiedHash,
      keyThumbprint = null,
      client,
      transport,
      rememberMe,
      lifetimeSeconds,
      absoluteMaxSeconds,
    } = wanted;
    const values = [
      id,
      userId,
      verifiedHash ?? null,
      chainFingerprint(keyThumbprint, client.fingerprint),
      transport,
      rememberMe,
      lifetimeSeconds,
      client.deviceName,
      client.ip,
    ];
    const offsets = [absoluteMaxSeconds, this.clock.offsetMs];
    const [row] = await this.statements.run<LiveSessionRow>(
      sql.BEGIN_SESSION,
      [...values, ...offsets, amr, keyThumbprint],
      transaction,
    );
    return row && toExpiring(row);
  }

  /**
   * Confirms the token if it is an unused child of the confirmed one, which is the usual case.
   * Undefined means that the caller must read and decide. Without `fromAnywhere`, a request from
   * another address is not confirmed.
   */
  async confirm(
    sessionId: string,
    token: PresentedToken,
    graceSeconds: number,
    ip: string | null,
    fromAnywhere: boolean,
  ): Promise<Confirmed | undefined> {
    const { generation, key, parentKey, epoch, fingerprint, keyThumbprint = null } = token;
    const values = [
      sessionId,
      generation,
      key,
      parentKey,
      epoch,
      fingerprint,
      graceSeconds * 1000,
      ip,
      this.clock.offsetMs,
      fromAnywhere,
      keyThumbprint,
    ];
    const [row] = await this.statements.run<LiveSessionRow & { previousIp: string | null }>(
      sql.CONFIRM_TOKEN,
      values,
    );
    return row && { ...toExpiring(row), previousIp: row.previousIp };
  }

  async read(sessionId: string): Promise<StoredSession | undefined> {
    const [row] = await this.statements.run<SessionRow>(sql.READ_SESSION, [
      sessionId,
      this.clock.offsetMs,
    ]);
    if (!row) return undefined;
    const { ip, provableEpoch, version, now } = row;
    return { ...toExpiring(row), state: row, ip, provableEpoch, version, now };
  }

  /** Writes a new chain; false if the row has changed since it was read. */
  async advance(
    read: StoredSession,
    chain: Chain,
    expiresAt: number,
    ip: string | null,
  ): Promise<boolean> {
    const { generation, generationKey, nextKey, children, superseded } = chain;
    const lists = [JSON.stringify(children), JSON.stringify(superseded)];
    const values = [
      read.session.id,
      read.version,
      generation,
      generationKey,
      nextKey,
      ...lists,
      expiresAt,
      read.now,
      ip,
    ];
    const written = await this.statements.run(sql.ADVANCE_CHAIN, values);
    return written.length === 1;
  }

  /**
   * Begins the next epoch; undefined if the session is not live, in another epoch, or bound to
   * another key.
   */
  async restart(
    session: SessionToRestart,
    client: SessionClient,
    transaction: EntityManager,
  ): Promise<Restarted | undefined> {
    const [row] = await this.statements.run<LiveSessionRow & RevocationNotice>(
      sql.RESTART_CHAIN,
      [...this.restartValues(session), client.fingerprint, client.ip],
      transaction,
    );
    return row && toRestarted(row);
  }

  /**
   * Begins the next epoch after a new proof; undefined if the session is not live, or its password
   * was changed after this epoch, or it is bound to another key.
   */
  async restartByProof(
    session: SessionToRestart,
    amr: readonly string[],
    client: SessionClient,
  ): Promise<Restarted | undefined> {
    const [row] = await this.statements.run<LiveSessionRow & RevocationNotice>(
      sql.RESTART_CHAIN_BY_PROOF,
      [...this.restartValues(session), client.fingerprint, client.ip, amr],
    );
    return row && toRestarted(row);
  }

  /** Whether `restartByProof` would begin an epoch. */
  async isProvable(session: SessionToRestart): Promise<boolean> {
    const values = this.restartValues(session);
    return (await this.statements.run(sql.READ_PROVABLE, values)).length === 1;
  }

  /**
   * Ends sessions, optionally within a transaction, and returns those that it has ended. Callers
   * use `SessionEnder.end`, which also reports them; within a transaction, they call
   * `SessionEnder.reportEnded` after the commit.
   */
  async end(
    which: SessionsToEnd,
    reason: EndReason,
    transaction?: EntityManager,
  ): Promise<EndedSession[]> {
    const { statement, values } = endingOf(which);
    const all = [this.clock.offsetMs, reason, ...values];
    return this.statements.run<EndedSession>(statement, all, transaction);
  }

  /**
   * The last id among the next `limit` sessions after an id; undefined if there are none.
   */
  async lastOfNext(afterId: string, limit: number): Promise<string | undefined> {
    const [last] = await this.statements.run<{ id: string }>(LAST_OF_NEXT, [afterId, limit]);
    return last?.id;
  }

  /** From the row, for when memory is incomplete. A session without a row has ended. */
  async status({ sessionId, epoch, claimsVersion }: TokenFacts): Promise<SessionStatus> {
    const [found] = await this.statements.run<StatusRow>(sql.READ_STATUS, [sessionId]);
    if (!found || found.isReplica) throw new NoPrimaryError();
    if (found.epoch === null || found.isEnded) return 'ended';
    const hasOlderClaims = claimsVersion !== undefined && claimsVersion < found.claimsVersion;
    return epoch < found.epoch || hasOlderClaims ? 'outdated' : 'live';
  }

  /** A live session for a team's hooks; undefined if there is none. */
  async readFacts(sessionId: string): Promise<SessionFacts | undefined> {
    const values = [sessionId, this.clock.offsetMs];
    const [facts] = await this.statements.run<SessionFacts>(sql.READ_FACTS, values);
    return facts;
  }

  /**
   * Raises the version of a user's claims; undefined if there is no such user. The caller publishes
   * the notice after the commit.
   */
  async raiseClaimsVersion(
    userId: string,
    transaction: EntityManager,
  ): Promise<RevocationNotice | undefined> {
    const values = [userId, this.clock.offsetMs];
    const [raised] = await this.statements.run<RevocationNotice>(
      sql.RAISE_CLAIMS_VERSION,
      values,
      transaction,
    );
    return raised;
  }

  /**
   * What a renewal of an access token is decided on; undefined if the session is not live in this
   * epoch.
   */
  async readForRenewal(sessionId: string, epoch: number): Promise<RenewalState | undefined> {
    const [row] = await this.statements.run<LiveSessionRow & Remaining>(sql.READ_FOR_RENEWAL, [
      sessionId,
      epoch,
      this.clock.offsetMs,
    ]);
    return row && { ...toExpiring(row), remainingSeconds: row.remainingSeconds };
  }

  async list(userId: string, { limit, after }: SessionsPage): Promise<SessionSummary[]> {
    const place = [after?.lastUsedAt.getTime() ?? null, after?.id ?? null];
    return this.statements.run<SessionSummary>(sql.LIST_SESSIONS, [
      userId,
      this.clock.offsetMs,
      limit,
      ...place,
    ]);
  }

  /**
   * Among the next `limit` sessions after an id, deletes those that ended or expired more than a
   * day ago. `lastId` is undefined after the last session, and while another instance does this.
   */
  async deleteDead(limit: number, afterId: string): Promise<SweptStep> {
    const values = [this.clock.offsetMs, limit, afterId];
    const [step] = await this.statements.run<{ lastId: string | null; count: number }>(
      sql.DELETE_DEAD_SESSIONS,
      values,
    );
    return { count: step?.count ?? 0, lastId: step?.lastId ?? undefined };
  }

  private restartValues({ id, epoch, keyThumbprint, newKeyThumbprint }: SessionToRestart) {
    return [id, epoch, keyThumbprint ?? null, newKeyThumbprint ?? null, this.clock.offsetMs];
  }
}

function toExpiring(row: LiveSessionRow): Expiring {
  const { id, epoch, transport, rememberMe, fingerprint, authenticatedAt, amr, expiresAt } = row;
  const { keyThumbprint, roles, claimsVersion, userId, email, emailVerified, firstName, lastName } =
    row;
  const user = { id: userId, email, emailVerified, firstName, lastName };
  return {
    session: {
      id,
      user,
      epoch,
      transport,
      rememberMe,
      fingerprint,
      keyThumbprint,
      authenticatedAt,
      amr,
      roles,
      claimsVersion,
    },
    expiresAt,
  };
}

function toRestarted(row: LiveSessionRow & RevocationNotice): Restarted {
  const { sessionId, userId, lowestEpoch } = row;
  return { ...toExpiring(row), revocation: { sessionId, userId, lowestEpoch } };
}
