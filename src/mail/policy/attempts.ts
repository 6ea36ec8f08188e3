const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** A mail server that is away for longer is a fault that somebody must mend. */
const GIVE_UP_AFTER_MINUTES = 24 * 60;

const FIRST_RETRY_AFTER_MS = 15 * SECOND_MS;

/** A server that returns has all waiting mails within this time. */
const LONGEST_PAUSE_MS = 10 * MINUTE_MS;

/** What is needed to decide about a mail. */
export interface Attempted {
  /** How often it was tried so far. */
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly sendUntilMs: number;
}

/** The next step after an attempt that failed. */
export type NextStep =
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'give_up'; readonly reason: GiveUpReason };

/**
 * `refused`: the server refused the mail for good. `too_late`: it could not be sent within a day, or
 * until its link expired.
 */
export type GiveUpReason = 'refused' | 'too_late';

/**
 * How long a mail is worth sending: a day, or until its link expires, since an expired link would
 * help nobody.
 */
export function sendWithinMinutes(expiresInMinutes = Infinity): number {
  return Math.min(GIVE_UP_AFTER_MINUTES, expiresInMinutes);
}

/**
 * The next step after a failure: 15 s after the first attempt, then twice as long each time, at most
 * ten minutes; the last attempt is just before the mail is too late.
 */
export function decideNextStep(
  mail: Attempted,
  nowMs: number,
  isRefusedForGood: boolean,
): NextStep {
  if (isRefusedForGood) return { kind: 'give_up', reason: 'refused' };
  const leftMs = mail.sendUntilMs - nowMs - SECOND_MS;
  if (leftMs <= 0) return { kind: 'give_up', reason: 'too_late' };
  const pauseMs = Math.min(FIRST_RETRY_AFTER_MS * 2 ** (mail.attempts - 1), LONGEST_PAUSE_MS);
  return { kind: 'retry', afterMs: Math.min(pauseMs, leftMs) };
}
