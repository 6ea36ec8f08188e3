import type { AuthClock } from './clock.js';
import { AuthError } from './errors.js';

/**
 * What `promise` comes to; an AuthError, `timeout` or `aborted`, where the time is over or the
 * signal has come before.
 */
export function inTime<T>(
  clock: AuthClock,
  milliseconds: number,
  signal: AbortSignal | null | undefined,
  promise: Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new AuthError('aborted', undefined, signal?.reason));
    const cancelTimer = clock.setTimer(() => reject(new AuthError('timeout')), milliseconds);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => {
      cancelTimer();
      signal?.removeEventListener('abort', abort);
    });
  });
}
