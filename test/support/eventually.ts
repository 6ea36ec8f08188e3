import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until a condition is true; fails if it is not within the time. Returns how long it took, in
 * milliseconds.
 */
export async function eventually(
  holds: () => Promise<boolean> | boolean,
  { withinMs = 10_000, everyMs = 10 } = {},
): Promise<number> {
  const begin = performance.now();
  while (!(await holds())) {
    if (performance.now() - begin > withinMs)
      throw new Error(`Still not so after ${withinMs} ms: ${holds.toString()}`);
    await pause(everyMs);
  }
  return performance.now() - begin;
}
