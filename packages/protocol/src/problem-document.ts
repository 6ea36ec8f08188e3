import { challengeOf, type ErrorCode, isAboutProof, proofChallenge } from './error-codes.js';

const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** `Retry-After`, if nothing better is known. */
const DEFAULT_RETRY_AFTER_SECONDS = 2;

/** One field that was refused, and why. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** What there is to say of a problem. */
export interface ProblemFacts {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  /** The `detail` of the document. */
  readonly message: string;
  readonly retryable: boolean;
  readonly clearCredentials: boolean;
  readonly options: {
    readonly fieldErrors?: readonly FieldError[];
    /** For `Retry-After`, in whole seconds. */
    readonly retryAfterSeconds?: number;
    /** How long ago the user may have proved who they are (RFC 9470), where that is too long ago. */
    readonly maxAgeSeconds?: number;
    /** A good proof of possession lacks only a nonce (RFC 9449, section 8). */
    readonly needsNonce?: boolean;
    /** A code of a team's own, in place of ours. */
    readonly ownCode?: string;
    /** Further members of the document, of a team. They replace none of ours. */
    readonly members?: Readonly<Record<string, unknown>>;
  };
}

/** The body of every error response (RFC 9457). */
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
  /** The client must delete its tokens. */
  readonly clear_credentials: boolean;
  readonly errors?: readonly FieldError[];
  /** In seconds: how long ago the user may have proved who they are, where that is too long ago. */
  readonly max_age?: number;
}

export function problemDocument(
  problem: ProblemFacts,
  request: { path: string; id: string },
): ProblemDocument {
  const { code, title, status } = problem;
  const { ownCode, members, fieldErrors, maxAgeSeconds } = problem.options;
  return {
    ...members,
    type: `urn:evergreen:problem:${code}`,
    title,
    status,
    detail: problem.message,
    instance: request.path,
    code: (ownCode ?? code) as ErrorCode,
    request_id: request.id,
    retryable: problem.retryable,
    clear_credentials: problem.clearCredentials,
    ...(fieldErrors && { errors: fieldErrors }),
    ...(maxAgeSeconds !== undefined && { max_age: maxAgeSeconds }),
  };
}

/**
 * The headers of a problem: the challenge of RFC 6750, 9449 or 9470 for a 401, `Retry-After` if it
 * is retryable.
 */
export function problemHeaders(problem: ProblemFacts): Record<string, string> {
  return {
    'content-type': PROBLEM_CONTENT_TYPE,
    'cache-control': 'no-store',
    ...((problem.status === 401 || isAboutProof(problem.code)) && {
      'www-authenticate': problem.options.needsNonce
        ? proofChallenge('use_dpop_nonce')
        : challengeOf(problem.code, problem.options.maxAgeSeconds),
    }),
    ...(problem.retryable && {
      'retry-after': String(problem.options.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS),
    }),
  };
}
