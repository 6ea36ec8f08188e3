import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import {
  describeError,
  problemDocument,
  type ErrorCode,
  type ErrorDescription,
  type FieldError,
  type ProblemFacts,
} from '#protocol';

export interface ProblemOptions extends ErrorOptions {
  /**
   * Overrides the registry, for a code whose meaning depends on the route.
   */
  readonly clearCredentials?: boolean;
  /** Overrides the registry, for a code of a team's own. */
  readonly retryable?: boolean;
  readonly detail?: string;
  /**
   * An expected response, such as to a probe: it is not logged as an error, whatever its status.
   */
  readonly isExpected?: boolean;
  readonly fieldErrors?: readonly FieldError[];
  /** For `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** For `max_age` of the challenge (RFC 9470): whole seconds since the user proved who they are. */
  readonly maxAgeSeconds?: number;
  /** A good proof of possession lacks only a nonce: the challenge says so (RFC 9449, section 8). */
  readonly needsNonce?: boolean;
  /** Overrides the registry, for an exception of a team. */
  readonly status?: number;
  readonly title?: string;
  /** A code of a team's own, for the client in place of ours. */
  readonly ownCode?: string;
  /** Further members of the document. They replace none of ours. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** What an error does not know. */
const NO_REQUEST = { path: '', id: '' };

/** Its private members `status` and `options` are public ones of ours. */
interface PublicHttpException extends Error {
  getStatus(): number;
  getResponse(): string | object;
}

const PublicHttpException = HttpException as unknown as new (
  response: { readonly message: string },
  status: number,
  options: ErrorOptions,
) => PublicHttpException;

/**
 * An error for the client, identified by its code. Throw it anywhere outside a transaction; the
 * filter makes the response.
 *
 * It is an exception of Nest, so that a team's filter for everything, which leaves the response to
 * Nest as most do, responds with its status and its code. Clients rely on them to renew tokens.
 */
export class Problem extends PublicHttpException implements ProblemFacts {
  readonly status: number;
  readonly title: string;
  readonly clearCredentials: boolean;
  readonly retryable: boolean;

  constructor(
    readonly code: ErrorCode,
    readonly options: ProblemOptions = {},
  ) {
    const described = describeError(code);
    const { detail, clearCredentials } = described;
    const status = options.status ?? described.status;
    super({ message: options.detail ?? detail }, status, options);
    this.status = status;
    this.title = options.title ?? titleOf(described, status);
    this.clearCredentials = options.clearCredentials ?? clearCredentials ?? false;
    this.retryable = options.retryable ?? described.retryable ?? false;
  }
  /** The body that Nest's own filter sends. */
  override getResponse(): object {
    const { instance: _instance, request_id: _id, ...body } = problemDocument(this, NO_REQUEST);
    return body;
  }
}

/** The name of the status, if it is not the one that the title is for. */
function titleOf(described: ErrorDescription, status: number): string {
  return status === described.status ? described.title : (STATUS_CODES[status] ?? described.title);
}
