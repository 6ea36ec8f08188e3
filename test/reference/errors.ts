import { MESSAGES } from '../../packages/client/src/messages/messages.js';
import { describeError, ERRORS, type ErrorCode } from '../../packages/protocol/src/error-codes.js';
import { code, joined, tableOf } from './markdown.js';
import { ERROR_NOTES } from './notes/errors.js';

const CODES = Object.keys(ERRORS) as ErrorCode[];

/** All codes of the server, and what each says. */
export function errorsReference(): string {
  return tableOf(
    ['status', '`code`', 'what it says'],
    CODES.map((one) => [String(describeError(one).status), code(one), whatItSays(one)]),
  );
}

function whatItSays(one: ErrorCode): string {
  const { detail, clearCredentials, retryable } = describeError(one);
  const trueMember = clearCredentials ? 'clear_credentials' : retryable && 'retryable';
  const about = joined(detail, ERROR_NOTES[one]);
  return trueMember ? `${about} **${code(trueMember)}**` : about;
}

/**
 * The sentences for people of `@evergreen-auth/client`, those of its own codes after the server's.
 */
export function messagesReference(): string {
  return tableOf(
    ['`code`', 'what people read'],
    Object.entries(MESSAGES).map(([one, sentence]) => [code(one), sentence]),
  );
}
