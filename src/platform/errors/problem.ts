import { describeError, type ErrorCode, type FieldError, type ProblemFacts } from '#protocol';

export interface ProblemOptions extends ErrorOptions {
  /**
   * Overrides the registry, for a code whose meaning depends on the route.
   */
  readonly clearCredentials?: boolean;
  readonly detail?: string;
  /**
   * An expected response, such as to a probe: it is not logged as an error, whatever its status.
   */
  readonly isExpected?: boolean;
  readonly fieldErrors?: readonly FieldError[];
  /** For `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds?: number;
}

/**
 * An error for the client, identified by its code. Throw it anywhere outside a transaction; the
 * filter makes the response.
 */
export class Problem extends Error implements ProblemFacts {
  readonly status: number;
  readonly title: string;
  readonly clearCredentials: boolean;
  readonly retryable: boolean;

  constructor(
    readonly code: ErrorCode,
    readonly options: ProblemOptions = {},
  ) {
    const { status, title, detail, clearCredentials, retryable } = describeError(code);
    super(options.detail ?? detail, options);
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.clearCredentials = options.clearCredentials ?? clearCredentials ?? false;
    this.retryable = retryable ?? false;
  }
}
