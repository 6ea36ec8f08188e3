import type { Clock } from '../../platform/clock/index.js';

/** What a row of the blacklist, or a notice of one, says. */
export interface RevocationNotice {
  readonly sessionId: string;
  readonly userId: string;
  /** The lowest epoch that is still good; null where the session has ended. */
  readonly lowestEpoch: number | null;
}

/**
 * Whether an access token of some epoch is good: `outdated` means that the session lives and has
 * begun a later epoch.
 */
export type SessionStatus = 'live' | 'outdated' | 'ended';

interface Raised {
  readonly lowestEpoch: number;
  readonly forgetAtMs: number;
}

/**
 * The blacklist in memory. What is heard merges and is never taken back, so notices may come twice,
 * late and out of order. It holds so many entries and no more; what it cannot hold makes it
 * incomplete, and nobody may rely on it then.
 *
 * It goes by the monotonic clock: a calendar that jumps ahead and back must not make a revoked
 * token live again.
 */
export class RevokedSessions {
  /** Until when each is to be remembered, by the monotonic clock. */
  private readonly ended = new Map<string, number>();
  /** Sessions that live. */
  private readonly raised = new Map<string, Raised>();
  private lost = 0;
  private madeUpFor = 0;

  constructor(
    private readonly maxEntries: number,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  get size(): number {
    return this.ended.size + this.raised.size;
  }

  /** How many entries have had no room so far. */
  get losses(): number {
    return this.lost;
  }

  /** False once an entry had no room, until that is made up for. */
  get isComplete(): boolean {
    return this.lost === this.madeUpFor;
  }

  /**
   * To be remembered for some milliseconds from now. True where this notice is the first to say
   * that the session has ended.
   */
  add({ sessionId, lowestEpoch }: RevocationNotice, rememberedForMs: number): boolean {
    const forgetAtMs = this.clock.monotonicMs() + rememberedForMs;
    const isNews = lowestEpoch === null && !this.ended.has(sessionId);
    if (!this.isKnown(sessionId) && this.size >= this.maxEntries) this.lost += 1;
    else if (lowestEpoch === null || this.ended.has(sessionId)) this.end(sessionId, forgetAtMs);
    else this.raise(sessionId, { lowestEpoch, forgetAtMs });
    return isNews;
  }

  status(sessionId: string, epoch: number): SessionStatus {
    if (this.ended.has(sessionId)) return 'ended';
    const raised = this.raised.get(sessionId);
    return raised && epoch < raised.lowestEpoch ? 'outdated' : 'live';
  }

  /** Lets go of entries whose tokens have all expired. */
  forgetExpired(): void {
    const nowMs = this.clock.monotonicMs();
    for (const [sessionId, forgetAtMs] of this.ended)
      if (nowMs >= forgetAtMs) this.ended.delete(sessionId);
    for (const [sessionId, { forgetAtMs }] of this.raised)
      if (nowMs >= forgetAtMs) this.raised.delete(sessionId);
  }

  /**
   * For a reader that has added everything again, all that can be known: `losses` are those of
   * before it began.
   */
  makeUpFor(losses: number): void {
    this.madeUpFor = losses;
  }

  private isKnown(sessionId: string): boolean {
    return this.ended.has(sessionId) || this.raised.has(sessionId);
  }

  private end(sessionId: string, forgetAtMs: number): void {
    const known = this.ended.get(sessionId) ?? this.raised.get(sessionId)?.forgetAtMs ?? 0;
    this.raised.delete(sessionId);
    this.ended.set(sessionId, Math.max(known, forgetAtMs));
  }

  private raise(sessionId: string, { lowestEpoch, forgetAtMs }: Raised): void {
    const known = this.raised.get(sessionId) ?? { lowestEpoch, forgetAtMs };
    this.raised.set(sessionId, {
      lowestEpoch: Math.max(known.lowestEpoch, lowestEpoch),
      forgetAtMs: Math.max(known.forgetAtMs, forgetAtMs),
    });
  }
}
