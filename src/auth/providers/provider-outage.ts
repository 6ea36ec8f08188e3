/** Error codes of the operating system, and of `fetch`, that mean "no connection". */
const NO_CONNECTION =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_)/;

/** So deep that libraries put the cause of a failed request. */
const MAX_CAUSES = 6;

/**
 * True if a strategy failed because its provider could not be reached, took too long, or had an
 * error of its own (5xx). Libraries keep the cause in different members.
 */
export function isProviderAway(error: unknown, left = MAX_CAUSES): boolean {
  if (typeof error !== 'object' || error === null || left === 0) return false;
  const { name, code, status, statusCode, cause, oauthError, errors } = error as Failure;
  // Strategies give errors of their own a `status`, too: that of the response they suggest.
  if (error instanceof Response && isServerError(status)) return true;
  if (name === 'TimeoutError' || isServerError(statusCode)) return true;
  if (typeof code === 'string' && NO_CONNECTION.test(code)) return true;
  const causes = [cause, oauthError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return causes.some((one) => isProviderAway(one, left - 1));
}

interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly cause?: unknown;
  readonly oauthError?: unknown;
  readonly errors?: unknown;
}

function isServerError(status: unknown): boolean {
  return typeof status === 'number' && status >= 500;
}
