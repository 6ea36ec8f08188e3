/** What was counted under a key. */
export interface Tally {
  readonly count: number;
  /** Until it is forgotten. */
  readonly msLeft: number;
}

/** What is counted under a key, for how long from the first, and how many it has room for. */
export interface Window {
  readonly key: string;
  readonly lastsMs: number;
  readonly atMost: number;
}

/** A window without room. */
export interface FullWindow {
  /** Its place among those that were asked for. */
  readonly index: number;
  readonly msLeft: number;
}

/** At once from memory, later from elsewhere. */
type Awaitable<T> = T | Promise<T>;

/** Counts by key, and forgets in time. Inject it by this class. */
export abstract class Counters {
  /**
   * Counts one in a window that opens with its first: all are forgotten together, `windowMs` after
   * that.
   */
  abstract hit(key: string, windowMs: number): Awaitable<Tally>;

  /**
   * Counts one in each of these windows where all have room, else in none. Returns the first one
   * without room.
   */
  abstract admit(windows: readonly Window[]): Awaitable<FullWindow | undefined>;

  /** Takes one back that was admitted. */
  abstract takeBack(windows: readonly Window[]): Awaitable<void>;

  /** Counts one in a row: all are forgotten together, `memoryMs` after the last. */
  abstract strike(key: string, memoryMs: number): Awaitable<Tally>;

  /** What was counted so far; zero where there is nothing. */
  abstract read(key: string): Awaitable<Tally>;

  /** Begins anew, at zero. */
  abstract forget(key: string): Awaitable<void>;
}
