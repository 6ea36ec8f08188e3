import { remainingMs } from '../record/shared-record.js';
import type { ClientState } from '../state.js';
import { ownRestMs, tokenRestMs } from './refresh.js';
import { marginMs, waitMs } from './timing.js';

/**
 * Timers are late or lost in tabs that sleep, so what is due is looked at again at least this
 * often.
 */
const LONGEST_SLICE_MS = 30_000;

/** One timer: setting it replaces the one before. */
export function wakeAfter(client: ClientState, milliseconds: number, wake: () => void): void {
  client.stopTimer?.();
  client.stopTimer = client.clock.setTimer(wake, Math.min(milliseconds, LONGEST_SLICE_MS), true);
}

/** Milliseconds until the token is to be replaced, though nobody waits for that. */
export function untilDueMs(client: ClientState): number {
  return Math.max(
    untilMarginMs(client),
    waitMs(client.record.retry?.at, client.clock.now()),
    ownRestMs(client),
    tokenRestMs(client),
  );
}

/** Milliseconds until the token is so near its end that it should be replaced. */
export function untilMarginMs(client: ClientState): number {
  const { expires_in = 0 } = client.record.session ?? {};
  return remainingMs(client) - marginMs(expires_in, client.refreshMarginSeconds, client.jitter);
}
