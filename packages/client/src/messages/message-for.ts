import type { AuthError } from '../core/index.js';
import { type MessageCode, MESSAGES } from './messages.js';

/** What a sentence may depend on: that of an `AuthError` which was there. */
export type Failure = Partial<AuthError>;

/** A sentence, with `{wait}` for when to try again; or a function that makes one. */
export type Message = string | ((failure: Failure) => string);

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
 */
export function messageFor(error: unknown, overrides: Messages = {}): string {
  const failure = Object(error) as Failure;
  const found = [failure.code, failure.kind, 'unknown']
    .map((code) => own(overrides, code) ?? own(MESSAGES, code))
    .find((message) => message !== undefined) as Message;
  const text = typeof found === 'function' ? found(failure) : found;
  return text.replace('{wait}', `in ${duration(failure.retryAfterSeconds)}`);
}

/** A code comes from outside, and may be `constructor`. */
function own(messages: Messages, code: string | undefined): Message | undefined {
  return code !== undefined && Object.hasOwn(messages, code) ? messages[code] : undefined;
}

function duration(seconds = 0): string {
  if (!(seconds > 0 && seconds < Infinity)) return 'a moment';
  if (seconds <= 59) return count(seconds, 'second');
  if (seconds <= 59 * 60) return count(seconds / 60, 'minute');
  return count(seconds / 3600, 'hour');
}

function count(amount: number, unit: string): string {
  const whole = Math.ceil(amount);
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}
