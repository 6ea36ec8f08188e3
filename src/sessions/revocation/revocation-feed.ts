import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import {
  RevokedSessions,
  type RevocationNotice,
  type RevokedEntry,
  type SessionStatus,
  type TokenFacts,
} from '#protocol';
import { Clock, Stopwatch } from '../../platform/clock/index.js';
import { DatabaseTime, Primaries } from '../../platform/database/index.js';
import { FeedConnection } from './feed-connection.js';
import { formatMark } from './mark.js';
import { Notices } from './notices.js';
import { RevocationAnnouncer } from './revocation-announcer.js';
import { REMEMBERED_SECONDS } from './revocation.statements.js';

/**
 * `live`: memory has every revocation older than `BOUND_MS`. `loading` (before the first complete
 * read) and `stale` (no complete read for too long): memory may lack some, so ask the database.
 */
export type FeedState = 'loading' | 'live' | 'stale';

/** How far this instance has read. */
export interface FeedMark {
  /** Undefined before the first read, and if the server does not say it. */
  readonly origin: string | undefined;
  /** The text of the `Mark`; empty if there is none to resume from. */
  readonly text: string;
}

const NOWHERE: FeedMark = { origin: undefined, text: '' };

/** The maximum age of the last complete read: no revocation takes effect later than this. */
const BOUND_MS = 4000;
const HEARTBEAT_MS = 1000;

/**
 * The pause between two reads. Anybody who may connect to the database can send endless notices;
 * with this pause they cause some hundred reads a second, a third of a processor on each side. A
 * longer pause would delay revocations that follow each other closely.
 */
const PAUSE_MS = 2;
const RETRY_MS = { first: 50, most: 1000 };

/** About 55 MB. Beyond it every request asks the database, until entries have expired. */
const MAX_ENTRIES = 500_000;

const REMEMBERED_FOR_MS = REMEMBERED_SECONDS * 1000;

/**
 * Keeps the blacklist in memory on every instance, so that a request can check its session without
 * a query.
 */
@Injectable()
export class RevocationFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('RevocationFeed');
  private readonly revoked: RevokedSessions;
  private readonly endings = new Subject<RevocationNotice>();
  private readonly changed = new Subject<RevokedEntry>();
  private readonly completed = new Subject<void>();
  private readonly stopping = new AbortController();
  /**
   * Started just before the last complete read: memory has every revocation from before that.
   */
  private proof: Stopwatch | undefined;
  /** As `proof`, but not while entries that did not fit are missing. */
  private completeness: Stopwatch | undefined;
  private readOn: FeedMark = NOWHERE;
  private following: Promise<void> | undefined;

  constructor(
    private readonly primaries: Primaries,
    private readonly databaseTime: DatabaseTime,
    private readonly announcer: RevocationAnnouncer,
    private readonly clock: Clock,
  ) {
    this.revoked = new RevokedSessions(MAX_ENTRIES, clock);
  }

  /** Sessions that ended on any instance, as this one receives them. */
  get ended(): Observable<RevocationNotice> {
    return this.endings;
  }

  /** What changes in memory, as it changes. */
  get changes(): Observable<RevokedEntry> {
    return this.changed;
  }

  /** Emits after each complete read. */
  get reads(): Observable<void> {
    return this.completed;
  }

  /** All that is in memory. What is added meanwhile comes, too. */
  entries(): Iterable<RevokedEntry> {
    return this.revoked.entries();
  }

  /** Memory, and all `changes` until now, contain everything up to this mark. */
  get mark(): FeedMark {
    return this.readOn;
  }

  /**
   * Started just before the last read that left nothing out: memory, and all `changes` until now,
   * contain everything from before that. Undefined before the first one.
   */
  get completeSince(): Stopwatch | undefined {
    return this.completeness;
  }

  get size(): number {
    return this.revoked.size;
  }

  /**
   * Computed at each call, so that a process that was paused is stale before its timers run.
   */
  get state(): FeedState {
    if (!this.proof) return 'loading';
    return this.revoked.isComplete && this.lagMs < BOUND_MS ? 'live' : 'stale';
  }

  /** The age of the last complete read; infinite before the first one. */
  get lagMs(): number {
    return this.proof?.elapsedMs() ?? Infinity;
  }

  /** From memory, without a query; undefined unless live. */
  status(token: TokenFacts): SessionStatus | undefined {
    return this.state === 'live' ? this.revoked.statusOf(token) : undefined;
  }

  /**
   * For revocations that this instance has committed: adds them to memory at once, and notifies the
   * other instances.
   */
  publish(revocations: readonly RevocationNotice[]): void {
    for (const revocation of revocations) this.merge(revocation, REMEMBERED_FOR_MS);
    if (revocations.length > 0) this.announcer.announce();
  }

  /** Removes sessions whose access tokens have all expired. */
  forgetExpired(): void {
    this.revoked.forgetExpired();
  }

  onApplicationBootstrap(): void {
    this.following = this.followAlways();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.following;
    for (const subject of [this.endings, this.changed, this.completed]) subject.complete();
  }

  private async followAlways(): Promise<void> {
    let retryMs = RETRY_MS.first;
    while (!this.stopping.signal.aborted) {
      await this.follow(() => (retryMs = RETRY_MS.first)).catch((error: unknown) =>
        this.reportLoss(error),
      );
      // A random part, so that instances that lost the same server do not all reconnect at once.
      await pause(retryMs * (0.5 + Math.random()), undefined, {
        signal: this.stopping.signal,
      }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, RETRY_MS.most);
    }
  }

  /**
   * Listens first, then reads everything, so that nothing is missed in between; after that reads
   * the new rows at every notice and every heartbeat.
   */
  private async follow(onLive: () => void): Promise<void> {
    const notices = new Notices();
    const connection = await FeedConnection.open(this.primaries.direct, () => notices.add());
    const end = AbortSignal.any([this.stopping.signal, connection.isLost]);
    try {
      let mark = await this.readFrom(undefined, connection);
      this.logger.log(`Live: ${this.revoked.size} revocations in memory.`);
      onLive();
      while (!end.aborted) {
        await notices.next({ minMs: PAUSE_MS, maxMs: HEARTBEAT_MS, end });
        mark = await this.readFrom(mark, connection);
        if (!this.revoked.isComplete && this.revoked.size < MAX_ENTRIES) return;
      }
    } finally {
      connection.close();
    }
  }

  /**
   * Stops early if memory is full: then each request asks the database until everything has been
   * read again.
   */
  private async readFrom(
    mark: string | undefined,
    connection: FeedConnection,
  ): Promise<string | undefined> {
    const asked = new Stopwatch();
    const { losses } = this.revoked;
    let nextMark = mark;
    const pages = connection.readSince(mark, this.clock.offsetMs);
    for await (const { readOn, revocations, clock } of pages) {
      nextMark = readOn;
      this.databaseTime.observe(clock);
      for (const revocation of revocations) this.merge(revocation, revocation.expiresInMs);
      if (this.revoked.losses > losses) break;
    }
    if (mark === undefined) this.revoked.recoverFrom(losses);
    this.proof = asked;
    if (this.revoked.isComplete) this.prove(asked, nextMark, connection.origin);
    return nextMark;
  }

  private prove(asked: Stopwatch, snapshot: string | undefined, origin: string | undefined): void {
    this.completeness = asked;
    this.readOn =
      snapshot === undefined || origin === undefined
        ? NOWHERE
        : { origin, text: formatMark({ origin, snapshot }) };
    this.completed.next();
  }

  private merge(notice: RevocationNotice, expiresInMs: number): void {
    const isNews = this.isNews(notice);
    const isFirst = this.revoked.add(notice, expiresInMs);
    if (isNews) {
      const { sessionId: id, lowestEpoch } = notice;
      this.changed.next({ id, lowestEpoch, expiresInMs });
    }
    // Not for sessions that ended before this instance started: nobody here has their connections.
    if (isFirst && this.proof) this.endings.next(notice);
  }

  /**
   * False for what memory says already. That it expires a little later makes no difference: each row
   * outlives the tokens from before it, and there are none from after it.
   */
  private isNews({ sessionId, lowestEpoch }: RevocationNotice): boolean {
    if (lowestEpoch === null) return this.revoked.status(sessionId, 0) !== 'ended';
    return this.revoked.status(sessionId, lowestEpoch - 1) === 'live';
  }

  private reportLoss(error: unknown): void {
    if (this.stopping.signal.aborted) return;
    this.logger.warn(
      { err: error },
      'The revocation feed lost its connection; requests ask the database until it is back.',
    );
  }
}
