/** Where a failure comes from. Only `auth` is about the user; all else passes. */
export type AuthErrorKind = 'network' | 'timeout' | 'server' | 'throttled' | 'auth' | 'aborted' | 'storage';

/** An error's document as the server sends it (RFC 9457), with `errors` where fields of the input are at fault. */
export interface Problem {
  readonly code: string;
  readonly title?: string;
  readonly detail?: string;
  readonly request_id?: string;
  readonly retryable?: boolean;
  readonly clear_credentials?: boolean;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

interface AuthErrorDetails {
  readonly status?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly problem?: Problem | undefined;
  readonly cause?: unknown;
}

/**
 * What every method of the client rejects with. `code` is stable: the server's own code where it gave one, else one of `network_error`,
 * `timeout`, `server_error`, `rate_limited`, `aborted`, `not_authenticated`, `storage_unavailable`, `replay_impossible`.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  /** Whether the same call may succeed later, without anybody doing anything about it. */
  readonly retryable: boolean;
  readonly status: number | undefined;
  /** How long the server asked to be left alone, in seconds. */
  readonly retryAfterSeconds: number | undefined;
  readonly problem: Problem | undefined;

  constructor(
    readonly code: string,
    readonly kind: AuthErrorKind,
    { status, retryAfterSeconds, problem, cause }: AuthErrorDetails = {},
  ) {
    super(problem?.detail ?? problem?.title ?? code, { cause });
    this.retryable = kind !== 'auth' && kind !== 'aborted';
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
    this.problem = problem;
  }
}

/** As an AuthError, whatever it is. */
export function toAuthError(error: unknown): AuthError {
  return error instanceof AuthError ? error : new AuthError('network_error', 'network', { cause: error });
}
