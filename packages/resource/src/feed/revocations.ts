import {
  RevokedSessions,
  type FeedRevocation,
  type SessionStatus,
  type TokenFacts,
} from '#protocol';
import type { Clock } from '../time/clock.js';
import { SteadyClock } from '../time/steady-clock.js';
import type { FeedEvent } from './feed-event.js';
import { provenAtMs } from './proof.js';

/**
 * `live`: memory has every revocation that was committed more than `BOUND_MS` ago. `loading` (before
 * the first proof) and `stale`: memory may lack some, so the server must be asked for each token.
 */
export type RevocationState = 'loading' | 'live' | 'stale';

/**
 * The maximum age of a proof. With the second that an answer of the server may take, a revoked token
 * is accepted for at most five seconds after its session ended.
 */
const BOUND_MS = 4000;

/** What is known of ended sessions, and since when it is known to be complete. */
export class Revocations {
  private readonly revoked: RevokedSessions;
  private readonly steady: SteadyClock;
  private provenAtMs = -Infinity;
  private lastMark = '';

  /** @param onEnded called with the id of each session, when its end is first known */
  constructor(
    private readonly maxEntries: number,
    clock: Pick<Clock, 'nowMs' | 'monotonicMs'>,
    private readonly onEnded: (sessionId: string) => void = () => undefined,
  ) {
    // By the monotonic clock alone: entries that are forgotten late do no harm.
    this.revoked = new RevokedSessions(maxEntries, clock);
    this.steady = new SteadyClock(clock);
  }

  /**
   * Computed at each call, so that a process that was paused is stale before its timers run.
   */
  get state(): RevocationState {
    if (this.provenAtMs === -Infinity) return 'loading';
    return this.revoked.isComplete && this.proofAgeMs < BOUND_MS ? 'live' : 'stale';
  }

  /** Infinite before the first proof. */
  get proofAgeMs(): number {
    return this.steady.readMs() - this.provenAtMs;
  }

  get size(): number {
    return this.revoked.size;
  }

  /** The mark to resume from; undefined if everything must be read. */
  get mark(): string | undefined {
    return this.revoked.isComplete ? this.lastMark || undefined : undefined;
  }

  /** An entry did not fit, and now there is room: only reading everything again helps. */
  get mustReload(): boolean {
    return !this.revoked.isComplete && this.revoked.size < this.maxEntries;
  }

  /** What memory says. `live` means little unless `state` is `live`; the others are final. */
  statusOf(token: TokenFacts): SessionStatus {
    return this.revoked.statusOf(token);
  }

  /** Removes entries whose tokens have all expired. */
  forgetExpired(): void {
    this.revoked.forgetExpired();
  }

  /** To be called just before the request of a stream is sent. */
  beginStream(): StreamReading {
    const { mark } = this;
    const [losses, requestSentAtMs] = [this.revoked.losses, this.steady.readMs()];
    let hasSnapshot = false;
    return {
      mark,
      apply: (event) => {
        const result = this.apply(event, requestSentAtMs, hasSnapshot);
        if (result === 'complete') {
          hasSnapshot = true;
          if (mark === undefined) this.revoked.recoverFrom(losses);
        }
        // What precedes the last page is complete only with the pages after it.
        if (hasSnapshot) this.lastMark = event.mark;
        return result;
      },
    };
  }

  private apply(event: FeedEvent, requestSentAtMs: number, hasSnapshot: boolean): StreamProgress {
    switch (event.kind) {
      case 'snapshot':
        for (const entry of event.page.entries) this.add(entry);
        return event.page.is_last ? 'complete' : 'loading';
      case 'revoked':
        this.add(event.entry);
        return 'nothing';
      case 'proof': {
        // A sender that is stale may lack entries, however young it says its knowledge is.
        if (!hasSnapshot || event.proof.state === 'stale') return 'nothing';
        const receivedAtMs = this.steady.readMs();
        const provenAt = provenAtMs(event.proof, { requestSentAtMs, receivedAtMs });
        this.provenAtMs = Math.max(this.provenAtMs, provenAt);
        return receivedAtMs - provenAt < BOUND_MS ? 'proven' : 'nothing';
      }
      case 'other':
        return 'nothing';
    }
  }

  private add({ id, lowest, expires_in }: FeedRevocation): void {
    const notice = { sessionId: id, userId: id, lowestEpoch: lowest };
    if (this.revoked.add(notice, expires_in * 1000)) this.onEnded(id);
  }
}

/**
 * What an event of a stream brought: a page of the snapshot, its last page (`complete`), or a proof
 * that makes the state live (`proven`). A stream that brings none of them for long is of no use.
 */
export type StreamProgress = 'loading' | 'complete' | 'proven' | 'nothing';

/** The reading of one stream. */
export interface StreamReading {
  /** For `Last-Event-ID`; undefined if everything is wanted. */
  readonly mark: string | undefined;
  apply(event: FeedEvent): StreamProgress;
}
