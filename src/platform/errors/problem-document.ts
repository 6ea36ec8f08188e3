import type { ErrorCode } from './error-codes.js';
import type { FieldError, Problem } from './problem.js';

const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** What a client that is told to come back waits, where nothing better is known. */
const DEFAULT_RETRY_AFTER_SECONDS = 2;

/** The body of every error (RFC 9457), with what a client may do about it. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path of the request. */
  readonly instance: string;
  readonly code: ErrorCode;
  readonly request_id: string;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  /** The client is to forget its tokens. */
  readonly clear_credentials: boolean;
  readonly errors?: readonly FieldError[];
}

export function problemDocument(
  problem: Problem,
  request: { path: string; id: string },
): ProblemDocument {
  const { code, title, status } = problem;
  return {
    type: `urn:evergreen:problem:${code}`,
    title,
    status,
    detail: problem.message,
    instance: request.path,
    code,
    request_id: request.id,
    retryable: problem.retryable,
    clear_credentials: problem.clearCredentials,
    ...(problem.options.fieldErrors && { errors: problem.options.fieldErrors }),
  };
}

/**
 * The headers that go with a problem: the challenge of RFC 6750 with a 401, `Retry-After` where
 * trying again makes sense.
 */
export function problemHeaders(problem: Problem): Record<string, string> {
  return {
    'content-type': PROBLEM_CONTENT_TYPE,
    'cache-control': 'no-store',
    ...(problem.status === 401 && { 'www-authenticate': challenge(problem) }),
    ...(problem.retryable && {
      'retry-after': String(problem.options.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS),
    }),
  };
}

/** Refusals that say nothing against the token. */
const NOT_ABOUT_A_TOKEN: readonly ErrorCode[] = [
  'token_missing',
  'invalid_credentials',
  'reauthentication_required',
  'unauthorized',
];

/** RFC 6750, section 3.1: a request that lacks a token altogether is told of no error. */
function challenge({ code, title }: Problem): string {
  if (NOT_ABOUT_A_TOKEN.includes(code)) return 'Bearer realm="evergreen"';
  return `Bearer realm="evergreen", error="invalid_token", error_description="${title}"`;
}
