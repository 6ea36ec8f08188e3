import type { Clock } from '../clock/index.js';
import { Counters, type FullWindow, type Tally, type Window } from './counters.js';

/**
 * The most windows, and the most counts in a row; each about 20 MB. Beyond it the oldest is deleted
 * first. The two have separate memory because any request can begin a window, while a count in a
 * row needs a password that was hashed and found wrong, and nobody can send that many before they
 * expire. So a flood of requests cannot delete the counts that make an attacker wait.
 */
const MAX_KEYS = 100_000;

/** Expired entries may stay in memory for this long. */
const SWEEP_EVERY_MS = 60_000;

interface Entry {
  count: number;
  /** A time of the monotonic clock. */
  endsAtMs: number;
}

/** At most `maxKeys` entries, each until it expires. Beyond it a new one replaces the oldest. */
class ExpiringEntries {
  private readonly entries = new Map<string, Entry>();
  private sweepAtMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly maxKeys: number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  find(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    return entry && this.clock.monotonicMs() < entry.endsAtMs ? entry : undefined;
  }

  add(key: string, keptMs: number): Entry {
    this.entries.delete(key);
    this.makeRoom();
    const entry = { count: 0, endsAtMs: this.clock.monotonicMs() + keptMs };
    this.entries.set(key, entry);
    return entry;
  }

  delete(key: string): void {
    this.entries.delete(key);
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
}

/**
 * Counters of this process alone. They use the monotonic clock, so that a change of the calendar
 * neither locks users out for days nor begins a new window for an attacker.
 */
export class MemoryCounters extends Counters {
  private readonly windows: ExpiringEntries;
  private readonly inARow: ExpiringEntries;

  constructor(
    private readonly clock: Clock,
    maxKeys = MAX_KEYS,
  ) {
    super();
    this.windows = new ExpiringEntries(clock, maxKeys);
    this.inARow = new ExpiringEntries(clock, maxKeys);
  }

  get size(): number {
    return this.windows.size + this.inARow.size;
  }

  override hit(key: string, windowMs: number): Tally {
    const entry = this.windows.find(key) ?? this.windows.add(key, windowMs);
    entry.count += 1;
    return this.tally(entry);
  }

  override admit(windows: readonly Window[]): FullWindow | undefined {
    for (const [index, { key, limit }] of windows.entries()) {
      const entry = this.windows.find(key);
      if ((entry?.count ?? 0) >= limit) return { index, msLeft: this.read(key).msLeft };
    }
    for (const { key, windowMs } of windows) this.hit(key, windowMs);
    return undefined;
  }

  override takeBack(windows: readonly Window[]): void {
    for (const { key } of windows) {
      const entry = this.windows.find(key);
      if (entry && entry.count > 0) entry.count -= 1;
    }
  }

  override countInARow(key: string, keptMs: number): Tally {
    const entry = this.inARow.find(key) ?? this.inARow.add(key, keptMs);
    entry.count += 1;
    entry.endsAtMs = this.clock.monotonicMs() + keptMs;
    return this.tally(entry);
  }

  override read(key: string): Tally {
    const entry = this.windows.find(key) ?? this.inARow.find(key);
    return entry ? this.tally(entry) : { count: 0, msLeft: 0 };
  }

  override forget(key: string): void {
    this.windows.delete(key);
    this.inARow.delete(key);
  }

  private tally({ count, endsAtMs }: Entry): Tally {
    return { count, msLeft: endsAtMs - this.clock.monotonicMs() };
  }
}
