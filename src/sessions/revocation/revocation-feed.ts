import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { Clock, Stopwatch } from '../../platform/clock/index.js';
import { DatabaseTime, Primaries } from '../../platform/database/index.js';
import { FeedConnection } from './feed-connection.js';
import { Notices } from './notices.js';
import { RevocationAnnouncer } from './revocation-announcer.js';
import { REMEMBERED_SECONDS } from './revocation.statements.js';
import { RevokedSessions, type RevocationNotice, type Standing } from './revoked-sessions.js';

/**
 * `live`: memory knows every revocation that is older than the bound. `loading` and `stale`: it may
 * not, so ask the database, before the first reading and after too long a silence.
 */
export type FeedState = 'loading' | 'live' | 'stale';

/** How old the last proof of completeness may be: a revocation is never late by more than this. */
const BOUND_MS = 4000;
const HEARTBEAT_MS = 1000;

/**
 * Between two readings. Anybody who may connect to the database can send notices without an end:
 * they come to some hundred readings a second, which take a third of a processor of each side.
 * Endings that follow each other closely wait for the rest of others, so it is no longer.
 */
const REST_MS = 2;
const RETRY_MS = { first: 50, most: 1000 };

/** About 55 MB. Beyond it every request asks the database, until there is room again. */
const MAX_ENTRIES = 500_000;

const REMEMBERED_FOR_MS = REMEMBERED_SECONDS * 1000;

/**
 * Keeps the blacklist in memory, on every instance, so that a request need not ask the database
 * whether its session lives.
 */
@Injectable()
export class RevocationFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('RevocationFeed');
  private readonly revoked: RevokedSessions;
  private readonly endings = new Subject<RevocationNotice>();
  private readonly stopping = new AbortController();
  /**
   * Since when nothing can have been missed: the moment before the last complete reading was asked
   * for.
   */
  private proof: Stopwatch | undefined;
  private following: Promise<void> | undefined;

  constructor(
    private readonly primaries: Primaries,
    private readonly databaseTime: DatabaseTime,
    private readonly announcer: RevocationAnnouncer,
    private readonly clock: Clock,
  ) {
    this.revoked = new RevokedSessions(MAX_ENTRIES, clock);
  }

  /** Sessions that have ended, on whatever instance, as they become known here. */
  get ended(): Observable<RevocationNotice> {
    return this.endings;
  }

  get size(): number {
    return this.revoked.size;
  }

  /**
   * Worked out at each call, so that a process that was paused knows that it is stale before its
   * timers run.
   */
  get state(): FeedState {
    if (!this.proof) return 'loading';
    return this.revoked.isComplete && this.lagMs < BOUND_MS ? 'live' : 'stale';
  }

  /** How long ago it was proved last that nothing is missing; infinite before the first time. */
  get lagMs(): number {
    return this.proof?.elapsedMs() ?? Infinity;
  }

  /** From memory, without a query; undefined unless live. */
  standing(sessionId: string, epoch: number): Standing | undefined {
    return this.state === 'live' ? this.revoked.standing(sessionId, epoch) : undefined;
  }

  /**
   * What this instance has revoked itself, and committed. It is known here at once; the others are
   * told to read it.
   */
  learn(revocations: readonly RevocationNotice[]): void {
    for (const revocation of revocations) this.merge(revocation, REMEMBERED_FOR_MS);
    if (revocations.length > 0) this.announcer.announce();
  }

  /** Lets go of sessions whose access tokens have all expired. */
  forgetExpired(): void {
    this.revoked.forgetExpired();
  }

  onApplicationBootstrap(): void {
    this.following = this.followAlways();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.following;
    this.endings.complete();
  }

  private async followAlways(): Promise<void> {
    let retryMs = RETRY_MS.first;
    while (!this.stopping.signal.aborted) {
      await this.follow(() => (retryMs = RETRY_MS.first)).catch((error: unknown) =>
        this.reportLoss(error),
      );
      // Instances that lost the same server do not come back in step.
      await pause(retryMs * (0.5 + Math.random()), undefined, {
        signal: this.stopping.signal,
      }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, RETRY_MS.most);
    }
  }

  /**
   * Listens first and reads everything then, so nothing falls between; after that reads what is new
   * at every notice and every heartbeat.
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
        await notices.next({ restMs: REST_MS, mostMs: HEARTBEAT_MS, end });
        mark = await this.readFrom(mark, connection);
        if (!this.revoked.isComplete && this.revoked.size < MAX_ENTRIES) return;
      }
    } finally {
      connection.close();
    }
  }

  /**
   * Ends early where memory is full: each request asks the database then, until everything has been
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
      this.databaseTime.hear(clock);
      for (const revocation of revocations) this.merge(revocation, revocation.expiresInMs);
      if (this.revoked.losses > losses) break;
    }
    if (mark === undefined) this.revoked.makeUpFor(losses);
    this.proof = asked;
    return nextMark;
  }

  private merge(notice: RevocationNotice, expiresInMs: number): void {
    const isFirst = this.revoked.add(notice, expiresInMs);
    // What had ended before this instance began is no news to anybody here.
    if (isFirst && this.proof) this.endings.next(notice);
  }

  private reportLoss(error: unknown): void {
    if (this.stopping.signal.aborted) return;
    this.logger.warn(
      { err: error },
      'The feed of revocations was lost; requests ask the database until it is back.',
    );
  }
}
