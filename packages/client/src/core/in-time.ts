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
  // A hundred requests may share one signal, and Node warns of more than ten listeners.
  const own = signal && (AbortSignal.any?.([signal]) ?? signal);
  return new Promise((resolve, reject) => {
    const abort = () => reject(new AuthError('aborted', undefined, { cause: own?.reason }));
    const cancelTimer = clock.setTimer(() => reject(new AuthError('timeout')), milliseconds);
    if (own?.aborted) abort();
    own?.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => {
      cancelTimer();
      own?.removeEventListener('abort', abort);
    });
  });
}
