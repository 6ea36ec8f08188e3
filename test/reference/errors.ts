import { MESSAGES } from '../../packages/client/src/messages/messages.js';
import { describeError, ERRORS, type ErrorCode } from '../../packages/protocol/src/error-codes.js';
import { code, joined, tableOf } from './markdown.js';
import { ERROR_NOTES } from './notes/errors.js';

const CODES = Object.keys(ERRORS) as ErrorCode[];

/** All codes of the server, what each says, and what a client may do about it. */
export function errorsReference(): string {
  return tableOf(
    ['status', '`code`', 'what it says', 'the client'],
    CODES.map((one) => {
      const { status, detail } = describeError(one);
      return [String(status), code(one), joined(detail, ERROR_NOTES[one]), remedyOf(one)];
    }),
  );
}

function remedyOf(one: ErrorCode): string {
  const { clearCredentials, retryable } = describeError(one);
  if (clearCredentials) return '`clear_credentials`';
  return retryable ? '`retryable`' : '';
}

/** The sentences for people of `@evergreen-auth/client`, those of its own codes after the server's. */
export function messagesReference(): string {
  return tableOf(
    ['`code`', 'what people read'],
    Object.entries(MESSAGES).map(([one, sentence]) => [code(one), sentence]),
  );
}
