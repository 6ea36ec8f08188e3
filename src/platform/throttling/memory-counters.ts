import type { Clock } from '../clock/index.js';
import { Counters, type Tally } from './counters.js';

/**
 * Some 20 MB. Beyond it the oldest are forgotten first, so whoever wants to push a counter out must
 * send that many requests before each few that they gain.
 */
const MAX_KEYS = 100_000;

/** How long what has expired may stay. */
const SWEEP_EVERY_MS = 60_000;

interface Entry {
  count: number;
  /** By the monotonic clock. */
  endsAtMs: number;
}

/**
 * Counters of this process alone. They go by the monotonic clock: nobody is locked out for days,
 * and no guesser gets a new window, because some calendar is set.
 */
export class MemoryCounters extends Counters {
  /** By key, the oldest first. */
  private readonly entries = new Map<string, Entry>();
  private sweepAtMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly maxKeys = MAX_KEYS,
  ) {
    super();
  }

  get size(): number {
    return this.entries.size;
  }

  override hit(key: string, windowMs: number): Tally {
    const entry = this.find(key) ?? this.open(key, windowMs);
    entry.count += 1;
    return this.tally(entry);
  }

  override strike(key: string, memoryMs: number): Tally {
    const entry = this.find(key) ?? this.open(key, memoryMs);
    entry.count += 1;
    entry.endsAtMs = this.clock.monotonicMs() + memoryMs;
    return this.tally(entry);
  }

  override read(key: string): Tally {
    const entry = this.find(key);
    return entry ? this.tally(entry) : { count: 0, msLeft: 0 };
  }

  override forget(key: string): void {
    this.entries.delete(key);
  }

  private find(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    return entry && this.clock.monotonicMs() < entry.endsAtMs ? entry : undefined;
  }

  private open(key: string, lastsMs: number): Entry {
    this.entries.delete(key);
    this.makeRoom();
    const entry = { count: 0, endsAtMs: this.clock.monotonicMs() + lastsMs };
    this.entries.set(key, entry);
    return entry;
  }

  private makeRoom(): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs >= this.sweepAtMs) {
      for (const [key, { endsAtMs }] of this.entries)
        if (nowMs >= endsAtMs) this.entries.delete(key);
      this.sweepAtMs = nowMs + SWEEP_EVERY_MS;
    }
    const [oldest] = this.entries.keys();
    if (oldest !== undefined && this.entries.size >= this.maxKeys) this.entries.delete(oldest);
  }

  private tally({ count, endsAtMs }: Entry): Tally {
    return { count, msLeft: endsAtMs - this.clock.monotonicMs() };
  }
}
