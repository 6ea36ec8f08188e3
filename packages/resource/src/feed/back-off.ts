/** The longest pauses between two attempts, in milliseconds. */
const MOST_MS = { unreachable: 1000, refused: 10_000 };
const FIRST_MS = 50;

/**
 * The pause before the next attempt after so many that failed one after the other. A random part, so
 * that services that lost the same server do not all come back at once.
 *
 * @param status of the server's answer, if there was one
 * @param random from 0 to 1
 */
export function pauseMs(failures: number, status: number | undefined, random: number): number {
  // Another instance may be behind the same address, so 503 is tried again as soon as silence.
  const isRefused = status !== undefined && status < 500;
  const mostMs = isRefused ? MOST_MS.refused : MOST_MS.unreachable;
  return Math.min(FIRST_MS * 2 ** Math.min(failures, 20), mostMs) * (0.5 + random);
}
