import type { AuthError } from '../core/index.js';
import { type MessageCode, MESSAGES } from './messages.js';

/** What a sentence may depend on: that of an `AuthError` which was there. */
export type Failure = Partial<AuthError>;

/** A sentence, with `{wait}` for when to try again; or a function that makes one. */
export type Message = string | ((failure: Failure) => string);

/**
 * What stands for `{wait}`, such as `in 30 seconds`. The amount is a whole number; 0 where it is not
 * known how long to wait.
 */
export type Wait = (amount: number, unit: 'second' | 'minute' | 'hour') => string;

/** Sentences of an application's own, for codes of its own, too. */
export type Messages = Readonly<Partial<Record<MessageCode | (string & {}), Message | undefined>>>;

/**
 * A sentence for people about what was thrown, or about the reason why nobody is signed in.
 *
 * ```ts
 * catch (error) { show(messageFor(error)); }
 * client.on('sessionExpired', ({ reason }) => show(messageFor({ code: reason })));
 * ```
 *
 * A code that it does not know has the sentence of the error's kind, and what is no error of the
 * client that of `unknown`.
 *
 * @param overrides other sentences, such as those of another language
 * @param wait what stands for `{wait}` in that language
 */
export function messageFor(
  error: unknown,
  overrides: Messages = {},
  wait: Wait = inEnglish,
): string {
  const failure = Object(error) as Failure;
  const found = [failure.code, failure.kind, 'unknown']
    .map((code) => own(overrides, code) ?? own(MESSAGES, code))
    .find((message) => message !== undefined) as Message;
  const text = typeof found === 'function' ? found(failure) : found;
  return text.replace('{wait}', () => wait(...duration(failure.retryAfterSeconds)));
}

/** A code comes from outside, and may be `constructor`. */
function own(messages: Messages, code: string | undefined): Message | undefined {
  return code !== undefined && Object.hasOwn(messages, code) ? messages[code] : undefined;
}

/** Rounded up. Up to 59 of a unit are told in that unit. */
function duration(seconds = 0): Parameters<Wait> {
  if (!(seconds > 0 && seconds < Infinity)) return [0, 'second'];
  if (seconds <= 59) return [Math.ceil(seconds), 'second'];
  if (seconds <= 59 * 60) return [Math.ceil(seconds / 60), 'minute'];
  return [Math.ceil(seconds / 3600), 'hour'];
}

function inEnglish(amount: number, unit: string): string {
  return amount ? `in ${amount} ${unit}${amount === 1 ? '' : 's'}` : 'in a moment';
}
