import { describeError, type ErrorCode } from './error-codes.js';

/** One field that was refused, and why. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface ProblemOptions extends ErrorOptions {
  /**
   * Outweighs what the registry says, where the same code means more in one place than in another.
   */
  readonly clearCredentials?: boolean;
  readonly detail?: string;
  readonly fieldErrors?: readonly FieldError[];
  /** For `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds?: number;
}

/**
 * An error that a client is meant to see, by its code. Throw it anywhere outside a transaction; the
 * filter answers with it.
 */
export class Problem extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly options: ProblemOptions = {},
  ) {
    super(options.detail ?? describeError(code).detail, options);
    this.name = 'Problem';
  }

  get status(): number {
    return describeError(this.code).status;
  }

  get clearCredentials(): boolean {
    return this.options.clearCredentials ?? describeError(this.code).clearCredentials ?? false;
  }

  get retryable(): boolean {
    return describeError(this.code).retryable ?? false;
  }
}
