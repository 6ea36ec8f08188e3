/**
 * An entry of the blacklist: of a session; or of all sessions of a user whose claims have changed,
 * with the user's id as `sessionId`, and the lowest version of the claims that is still good as
 * `lowestEpoch`.
 */
export interface RevocationNotice {
  readonly sessionId: string;
  readonly userId: string;
  /** The lowest epoch that is still good; null if the session has ended. */
  readonly lowestEpoch: number | null;
}

/**
 * Whether an access token of an epoch is good; `outdated` means that the session is live in a later
 * epoch.
 */
export type SessionStatus = 'live' | 'outdated' | 'ended';

/** What a token says of its session and user. */
export interface TokenFacts {
  readonly userId: string;
  readonly sessionId: string;
  readonly epoch: number;
  /**
   * The version of what access tokens say about the user. Raised by a change of roles, which makes
   * tokens of older versions void. Undefined for a token that does not depend on it.
   */
  readonly claimsVersion?: number | undefined;
}

/** An entry, as memory has it. */
export interface RevokedEntry {
  /** Of the session, or of the user whose claims have changed. */
  readonly id: string;
  /** As in `RevocationNotice`. */
  readonly lowestEpoch: number | null;
  /** Until every token that it concerns has expired. */
  readonly expiresInMs: number;
}

interface Raised {
  readonly lowestEpoch: number;
  readonly forgetAtMs: number;
}

/**
 * The blacklist in memory. Entries are merged and never undone, so notices may arrive twice, late
 * and out of order. It holds at most `maxEntries`; if an entry does not fit, the list is
 * incomplete, and callers must not rely on it.
 *
 * It uses the monotonic clock, so that a jump of the system clock cannot make a revoked token valid
 * again.
 */
export class RevokedSessions {
  /** When each entry may be removed, by the monotonic clock. */
  private readonly ended = new Map<string, number>();
  /** Live sessions that have begun a later epoch. */
  private readonly raised = new Map<string, Raised>();
  private lost = 0;
  private recoveredFrom = 0;

  constructor(
    private readonly maxEntries: number,
    private readonly clock: { monotonicMs(): number },
  ) {}

  get size(): number {
    return this.ended.size + this.raised.size;
  }

  /** How many entries did not fit so far. */
  get losses(): number {
    return this.lost;
  }

  /** False after an entry did not fit, until `recoverFrom`. */
  get isComplete(): boolean {
    return this.lost === this.recoveredFrom;
  }

  /**
   * Adds an entry for `rememberedForMs` from now. True if it is the first to say that the session
   * has ended.
   */
  add({ sessionId, lowestEpoch }: RevocationNotice, rememberedForMs: number): boolean {
    const forgetAtMs = this.clock.monotonicMs() + rememberedForMs;
    const isFirst = lowestEpoch === null && !this.ended.has(sessionId);
    if (!this.isKnown(sessionId) && this.size >= this.maxEntries) this.lost += 1;
    else if (lowestEpoch === null || this.ended.has(sessionId)) this.end(sessionId, forgetAtMs);
    else this.raise(sessionId, { lowestEpoch, forgetAtMs });
    return isFirst;
  }

  /** Whether an access token is good, by its session and by its user's claims. */
  statusOf({ sessionId, epoch, userId, claimsVersion }: TokenFacts): SessionStatus {
    const status = this.status(sessionId, epoch);
    if (status !== 'live' || claimsVersion === undefined) return status;
    return this.status(userId, claimsVersion);
  }

  status(sessionId: string, epoch: number): SessionStatus {
    if (this.ended.has(sessionId)) return 'ended';
    const raised = this.raised.get(sessionId);
    return raised && epoch < raised.lowestEpoch ? 'outdated' : 'live';
  }

  /**
   * All entries. Entries that are added meanwhile come, too, so a slow reader needs no copy; those
   * that are removed meanwhile may come or not.
   */
  *entries(): Generator<RevokedEntry> {
    for (const [id, forgetAtMs] of this.ended)
      yield { id, lowestEpoch: null, expiresInMs: forgetAtMs - this.clock.monotonicMs() };
    for (const [id, { lowestEpoch, forgetAtMs }] of this.raised)
      yield { id, lowestEpoch, expiresInMs: forgetAtMs - this.clock.monotonicMs() };
  }

  /** Removes entries whose tokens have all expired. */
  forgetExpired(): void {
    const nowMs = this.clock.monotonicMs();
    for (const [sessionId, forgetAtMs] of this.ended)
      if (nowMs >= forgetAtMs) this.ended.delete(sessionId);
    for (const [sessionId, { forgetAtMs }] of this.raised)
      if (nowMs >= forgetAtMs) this.raised.delete(sessionId);
  }

  /**
   * To be called after everything was read again; `losses` is their number before that read began.
   */
  recoverFrom(losses: number): void {
    this.recoveredFrom = losses;
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
