import type { ProblemDocument } from '#protocol';

/** Where a failure comes from. Only `auth` is about the user; all else passes. */
export type AuthErrorKind =
  'network' | 'timeout' | 'server' | 'throttled' | 'auth' | 'aborted' | 'storage';

/**
 * An error's document as the server sends it (RFC 9457), with `errors` where fields of the input
 * are at fault. The code may be an application's own; what else is there is not known before.
 */
export interface Problem extends Partial<Omit<ProblemDocument, 'code'>> {
  readonly code: string;
}

/** What is known of a failure. */
export interface AuthErrorDetails {
  readonly message?: string | undefined;
  readonly cause?: unknown;
  readonly status?: number | undefined;
  readonly problem?: Problem | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/**
 * What every method of the client rejects with. `code` is stable: the server's own where it gave
 * one; else `not_authenticated`, `signed_out`, `session_mismatch`, `degraded`, `replay_impossible`,
 * `disposed`, or, where there is no more to say, the kind itself. The sentence in `message` is for
 * developers; `@evergreen-auth/client/messages` has those for users.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  /** Whether the same call may succeed later, without anybody doing anything about it. */
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly problem: Problem | undefined;
  /** How long the server asked to be left alone. */
  readonly retryAfterSeconds: number;

  constructor(
    readonly kind: AuthErrorKind,
    readonly code: string = kind,
    { message, cause, status, problem, retryAfterSeconds = 0 }: AuthErrorDetails = {},
  ) {
    super(message ?? problem?.detail ?? code, { cause });
    this.retryable = kind !== 'auth' && kind !== 'aborted';
    this.status = status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** As an AuthError, whatever it is. */
export function toAuthError(cause: unknown): AuthError {
  return cause instanceof AuthError ? cause : new AuthError('network', undefined, { cause });
}
