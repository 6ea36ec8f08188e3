import { Headers, Response } from './platform.js';

/**
 * The errors of the server's API that its client can meet: status, and what the client may do about
 * it.
 */
const PROBLEMS = {
  malformed_json: { status: 400 },
  token_missing: { status: 401 },
  token_invalid: { status: 401 },
  token_expired: { status: 401 },
  session_expired: { status: 401, clear: true },
  session_revoked: { status: 401, clear: true },
  refresh_reuse_detected: { status: 401, clear: true },
  reauthentication_required: { status: 401 },
  invalid_credentials: { status: 401 },
  csrf_failed: { status: 403 },
  not_found: { status: 404 },
  request_timeout: { status: 408, retryable: true },
  email_taken: { status: 409 },
  validation_failed: { status: 422 },
  password_unacceptable: { status: 422 },
  current_password_invalid: { status: 422 },
  rate_limited: { status: 429, retryable: true },
  internal_error: { status: 500 },
  service_unavailable: { status: 503, retryable: true },
} as const satisfies Record<string, { status: number; clear?: true; retryable?: true }>;

/** The stable code of an error. */
type ProblemCode = keyof typeof PROBLEMS;

/** Refusals that say nothing against the token. */
const NOT_ABOUT_A_TOKEN: readonly ProblemCode[] = ['token_missing', 'invalid_credentials'];

interface Details {
  /** Outweighs what the code says by itself. */
  readonly clearCredentials?: boolean;
  /** The fields that a `validation_failed` is about. */
  readonly fields?: readonly string[];
}

/** Thrown where the server refuses. */
export class Refusal extends Error {
  private readonly description: {
    readonly status: number;
    readonly clear?: true;
    readonly retryable?: true;
  };

  constructor(
    readonly code: ProblemCode,
    private readonly details: Details = {},
  ) {
    super(code);
    this.description = PROBLEMS[code];
  }

  get clearsCredentials(): boolean {
    return this.details.clearCredentials ?? !!this.description.clear;
  }

  /** The answer: `application/problem+json`, with the headers that go with it. */
  toResponse(path: string): Response {
    const { status, retryable = false } = this.description;
    const { fields } = this.details;
    const title = this.code.replaceAll('_', ' ');
    const document = {
      type: `urn:evergreen:problem:${this.code}`,
      title,
      status,
      detail: title,
      instance: path,
      code: this.code,
      request_id: 'fake',
      retryable,
      clear_credentials: this.clearsCredentials,
      ...(fields && {
        errors: fields.map((field) => ({ field, message: `${field} is not acceptable` })),
      }),
    };
    const headers = new Headers({
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Cache-Control': 'no-store',
    });
    if (status === 401)
      headers.set(
        'WWW-Authenticate',
        NOT_ABOUT_A_TOKEN.includes(this.code) ? 'Bearer' : 'Bearer error="invalid_token"',
      );
    if (retryable) headers.set('Retry-After', '2');
    return new Response(JSON.stringify(document), { status, headers });
  }
}

/** What the server itself answers with this status when it is out of order, if it does. */
export function refusalOfStatus(status: number): Refusal | undefined {
  const code = (
    { 429: 'rate_limited', 500: 'internal_error', 503: 'service_unavailable' } as const
  )[status];
  return code && new Refusal(code);
}
