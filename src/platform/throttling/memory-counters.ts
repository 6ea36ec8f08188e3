import type { Clock } from '../clock/index.js';
import { Counters, type FullWindow, type Tally, type Window } from './counters.js';

/**
 * Of windows and of strikes each; some 20 MB. Beyond it the oldest are forgotten first. Each kind
 * has room of its own: a window is opened by any request, while a strike takes a password that was
 * hashed and found wrong, of which nobody can send that many before they are forgotten. So no flood
 * of requests pushes out what makes a guesser wait.
 */
const MAX_KEYS = 100_000;

/** How long what has expired may stay. */
const SWEEP_EVERY_MS = 60_000;

interface Entry {
  count: number;
  /** By the monotonic clock. */
  endsAtMs: number;
}

/** So many entries by key, until each ends; where there is no room, the oldest makes some. */
class RecentEntries {
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

  open(key: string, lastsMs: number): Entry {
    this.entries.delete(key);
    this.makeRoom();
    const entry = { count: 0, endsAtMs: this.clock.monotonicMs() + lastsMs };
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
 * Counters of this process alone. They go by the monotonic clock: nobody is locked out for days, and
 * no guesser gets a new window, because some calendar is set.
 */
export class MemoryCounters extends Counters {
  private readonly windows: RecentEntries;
  private readonly strikes: RecentEntries;

  constructor(
    private readonly clock: Clock,
    maxKeys = MAX_KEYS,
  ) {
    super();
    this.windows = new RecentEntries(clock, maxKeys);
    this.strikes = new RecentEntries(clock, maxKeys);
  }

  get size(): number {
    return this.windows.size + this.strikes.size;
  }

  override hit(key: string, windowMs: number): Tally {
    const entry = this.windows.find(key) ?? this.windows.open(key, windowMs);
    entry.count += 1;
    return this.tally(entry);
  }

  override admit(windows: readonly Window[]): FullWindow | undefined {
    for (const [index, { key, atMost }] of windows.entries()) {
      const entry = this.windows.find(key);
      if ((entry?.count ?? 0) >= atMost) return { index, msLeft: this.read(key).msLeft };
    }
    for (const { key, lastsMs } of windows) this.hit(key, lastsMs);
    return undefined;
  }

  override takeBack(windows: readonly Window[]): void {
    for (const { key } of windows) {
      const entry = this.windows.find(key);
      if (entry && entry.count > 0) entry.count -= 1;
    }
  }

  override strike(key: string, memoryMs: number): Tally {
    const entry = this.strikes.find(key) ?? this.strikes.open(key, memoryMs);
    entry.count += 1;
    entry.endsAtMs = this.clock.monotonicMs() + memoryMs;
    return this.tally(entry);
  }

  override read(key: string): Tally {
    const entry = this.windows.find(key) ?? this.strikes.find(key);
    return entry ? this.tally(entry) : { count: 0, msLeft: 0 };
  }

  override forget(key: string): void {
    this.windows.delete(key);
    this.strikes.delete(key);
  }

  private tally({ count, endsAtMs }: Entry): Tally {
    return { count, msLeft: endsAtMs - this.clock.monotonicMs() };
  }
}
