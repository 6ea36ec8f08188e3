import { randomUUID } from 'node:crypto';
import {
  challengeOf,
  describeError,
  problemDocument,
  problemHeaders,
  type ErrorCode,
  type ProblemDocument,
} from '#protocol';
import type { Verdict } from '../verdict.js';
import type { RequestHead } from './request-token.js';

/** A response that refuses a request, as the server itself would. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemDocument;
}

type Refused = Exclude<Verdict, { readonly kind: 'good' }>;

/** No `token_expired` and no 401 for `unknown`: clients would refresh, or sign their users out. */
const CODES: Readonly<Record<Refused['kind'], ErrorCode>> = {
  expired: 'token_expired',
  invalid: 'token_invalid',
  ended: 'session_revoked',
  unknown: 'service_unavailable',
};

const NO_PROOFS =
  'This service checks no proofs (RFC 9449). Send the token by the scheme Bearer, also one that is bound to a key.';

/** Of a request whose token is not good. */
export function refusalOf(verdict: Refused, request: RequestHead): Refusal {
  const retryAfterSeconds = verdict.kind === 'unknown' ? verdict.retryAfterSeconds : undefined;
  return refusal(CODES[verdict.kind], request, { retryAfterSeconds });
}

/** Of a request without a token. */
export function refusalWithoutToken(request: RequestHead): Refusal {
  return refusal('token_missing', request);
}

/**
 * Of a request whose token comes by the scheme `DPoP`: its sender relies on a proof that is not
 * checked here. The challenge says which scheme is accepted.
 */
export function refusalOfScheme(request: RequestHead): Refusal {
  const { headers, ...refused } = refusal('proof_invalid', request, { detail: NO_PROOFS });
  return { ...refused, headers: { ...headers, 'www-authenticate': challengeOf('token_missing') } };
}

function refusal(
  code: ErrorCode,
  request: RequestHead,
  { retryAfterSeconds, detail }: { retryAfterSeconds?: number | undefined; detail?: string } = {},
): Refusal {
  const { status, title, detail: usual, retryable = false } = describeError(code);
  const message = detail ?? usual;
  const problem = {
    ...{ code, status, title, message, retryable },
    // Only the server of the session may say so: this service cannot know what else the client has.
    clearCredentials: false,
    options: retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
  };
  const facts = {
    path: (request.originalUrl ?? request.url ?? '').replace(/\?.*$/, ''),
    id: requestIdOf(request),
  };
  return { status, headers: problemHeaders(problem), body: problemDocument(problem, facts) };
}

/** The id that a proxy or the caller gave to the request, or a new one. */
function requestIdOf({ headers }: RequestHead): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,100}$/.test(given) ? given : randomUUID();
}
