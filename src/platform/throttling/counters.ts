/** The count of a key. */
export interface Tally {
  readonly count: number;
  /** Time until the count is deleted. */
  readonly msLeft: number;
}

/** A count with a limit, over a time that begins with the first request. */
export interface Window {
  readonly key: string;
  readonly windowMs: number;
  readonly limit: number;
}

/** A window whose limit is reached. */
export interface FullWindow {
  /** Its index in the list that was passed. */
  readonly index: number;
  readonly msLeft: number;
}

/** Memory returns at once, Redis returns a promise. */
type Awaitable<T> = T | Promise<T>;

/** Counts by key, and deletes each count after a time. Inject it by this class. */
export abstract class Counters {
  /**
   * Counts one request in the window of this key. The window begins with its first request, and
   * its count is deleted `windowMs` later.
   */
  abstract hit(key: string, windowMs: number): Awaitable<Tally>;

  /**
   * Counts one request in each of these windows if none of them is full, and otherwise in no
   * window. Returns the first full window.
   */
  abstract admit(windows: readonly Window[]): Awaitable<FullWindow | undefined>;

  /** Subtracts one request that was admitted. */
  abstract takeBack(windows: readonly Window[]): Awaitable<void>;

  /** Counts one more in a row. The count is deleted `keptMs` after the last one. */
  abstract countInARow(key: string, keptMs: number): Awaitable<Tally>;

  /** The present count; zero if there is none. */
  abstract read(key: string): Awaitable<Tally>;

  /** Deletes the count. */
  abstract forget(key: string): Awaitable<void>;
}
