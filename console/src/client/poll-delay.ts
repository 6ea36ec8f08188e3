const INTERVAL_MS = 3000;
const LONGEST_MS = 60_000;

/**
 * The pause before a page asks the server again (milliseconds): three seconds, and after each
 * failure in a row twice as long, up to a minute.
 */
export function pollDelayMs(failures: number): number {
  return Math.min(LONGEST_MS, INTERVAL_MS * 2 ** failures);
}
