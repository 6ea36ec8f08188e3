import { describeError, type ErrorCode, type FieldError, type ProblemFacts } from '#protocol';

export interface ProblemOptions extends ErrorOptions {
  /**
   * Outweighs what the registry says, where the same code means more in one place than in another.
   */
  readonly clearCredentials?: boolean;
  readonly detail?: string;
  /** Told by design, such as to a probe: no error for the log, whatever its status. */
  readonly isExpected?: boolean;
  readonly fieldErrors?: readonly FieldError[];
  /** For `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds?: number;
}

/**
 * An error that a client is meant to see, by its code. Throw it anywhere outside a transaction; the
 * filter answers with it.
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
