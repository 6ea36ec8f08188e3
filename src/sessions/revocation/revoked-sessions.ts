/** What a row of the blacklist, or a notice of one, says. */
export interface RevocationNotice {
  readonly sessionId: string;
  readonly userId: string;
  /** The lowest epoch that is still good; null where the session has ended. */
  readonly lowestEpoch: number | null;
}

/** Whether an access token of some epoch is good: `outdated` means that the session lives and has begun a later epoch. */
export type Standing = 'live' | 'outdated' | 'ended';

interface Entry {
  /** Infinite where the session has ended. */
  lowestEpoch: number;
  forgetAtMs: number;
}

/**
 * The blacklist in memory. What is heard merges and is never taken back, so notices may come twice, late and out of order.
 * It holds so many entries and no more; what it cannot hold makes it incomplete, and nobody may rely on it then.
 */
export class RevokedSessions {
  private readonly entries = new Map<string, Entry>();
  private lost = 0;
  private madeUpFor = 0;

  constructor(private readonly maxEntries: number) {}

  get size(): number {
    return this.entries.size;
  }

  /** How many entries have had no room so far. */
  get losses(): number {
    return this.lost;
  }

  /** False once an entry had no room, until that is made up for. */
  get isComplete(): boolean {
    return this.lost === this.madeUpFor;
  }

  /** True where this notice is the first to say that the session has ended. */
  add({ sessionId, lowestEpoch }: RevocationNotice, forgetAtMs: number): boolean {
    const epoch = lowestEpoch ?? Infinity;
    const known = this.entries.get(sessionId);
    if (known) {
      const isNews = epoch === Infinity && known.lowestEpoch !== Infinity;
      known.lowestEpoch = Math.max(known.lowestEpoch, epoch);
      known.forgetAtMs = Math.max(known.forgetAtMs, forgetAtMs);
      return isNews;
    }
    if (this.entries.size >= this.maxEntries) this.lost += 1;
    else this.entries.set(sessionId, { lowestEpoch: epoch, forgetAtMs });
    return epoch === Infinity;
  }

  standing(sessionId: string, epoch: number): Standing {
    const lowestEpoch = this.entries.get(sessionId)?.lowestEpoch ?? 0;
    if (lowestEpoch === Infinity) return 'ended';
    return epoch < lowestEpoch ? 'outdated' : 'live';
  }

  /** Lets go of entries whose tokens have all expired. */
  forgetExpired(nowMs: number): void {
    for (const [sessionId, { forgetAtMs }] of this.entries) if (nowMs >= forgetAtMs) this.entries.delete(sessionId);
  }

  /** For a reader that has added everything again, all that can be known: `losses` are those of before it began. */
  makeUpFor(losses: number): void {
    this.madeUpFor = losses;
  }
}
