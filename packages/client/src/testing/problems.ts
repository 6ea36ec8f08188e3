import {
  describeError,
  type ErrorCode,
  type FieldError,
  problemDocument,
  type ProblemFacts,
  problemHeaders,
} from '#protocol';
import { Response } from './platform.js';

/** Thrown where the server refuses. */
export class Refusal extends Error implements ProblemFacts {
  readonly status: number;
  readonly title: string;
  readonly clearCredentials: boolean;
  readonly retryable: boolean;

  constructor(
    readonly code: ErrorCode,
    readonly options: {
      /** Outweighs what the code says by itself. */
      readonly clearCredentials?: boolean;
      /** The fields that a `validation_failed` is about. */
      readonly fieldErrors?: readonly FieldError[];
      /** How long ago the user may have proved who they are. */
      readonly maxAgeSeconds?: number;
      /** Outweighs that of the code. */
      readonly status?: number;
    } = {},
  ) {
    const { status, title, detail, clearCredentials, retryable } = describeError(code);
    super(detail);
    this.status = options.status ?? status;
    this.title = title;
    this.clearCredentials = options.clearCredentials ?? clearCredentials ?? false;
    this.retryable = retryable ?? false;
  }

  /** The response: `application/problem+json`, with the headers that go with it. */
  toResponse(path: string): Response {
    const document = problemDocument(this, { path, id: 'fake' });
    const { status } = this;
    return new Response(JSON.stringify(document), { status, headers: problemHeaders(this) });
  }
}

/** A field that a request needs. */
export function missing(field: string): Refusal {
  const fieldErrors = [{ field, message: `${field} is missing` }];
  return new Refusal('validation_failed', { fieldErrors });
}

/** What the server itself sends with this status when it is out of order, if it does. */
export function refusalOfStatus(status: number): Refusal | undefined {
  const code = (
    { 429: 'rate_limited', 500: 'internal_error', 503: 'service_unavailable' } as const
  )[status];
  return code && new Refusal(code);
}
