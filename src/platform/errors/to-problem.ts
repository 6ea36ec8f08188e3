import { HttpException } from '@nestjs/common';
import type { ErrorCode } from '#protocol';
import { isDatabaseOutage } from './outage.js';
import { Problem } from './problem.js';

/** Fastify's error codes from before a handler runs. */
const FASTIFY_ERRORS: ReadonlyMap<string, ErrorCode> = new Map([
  ['FST_ERR_BAD_URL', 'malformed_request'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'payload_too_large'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed_request'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'uri_too_long'],
]);

/** By status, for each `HttpException` of Nest or of a team's own module. */
const STATUS_CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'malformed_request'],
  // From a team's own handler, which has already run. Only our guards use the codes for invalid
  // tokens, after which clients send a request again.
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'not_found'],
  [408, 'request_timeout'],
  [409, 'conflict'],
  [413, 'payload_too_large'],
  [414, 'uri_too_long'],
  [415, 'unsupported_media_type'],
  [422, 'validation_failed'],
  [429, 'rate_limited'],
  [431, 'headers_too_large'],
  [503, 'service_unavailable'],
]);

/**
 * The problem for anything that was thrown. An unexpected error is `internal_error`, with its
 * details only in the log.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseOutage(error)) return new Problem('service_unavailable', { cause: error });
  return new Problem(codeFor(error) ?? 'internal_error', { cause: error, detail: detailOf(error) });
}

function codeFor(error: unknown): ErrorCode | undefined {
  if (error instanceof HttpException)
    return (
      STATUS_CODES.get(error.getStatus()) ??
      (error.getStatus() < 500 ? 'malformed_request' : undefined)
    );
  // Only Fastify's errors: the status of another error, such as a failed upstream request, is not
  // the status of this response.
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: number };
  if (typeof code !== 'string' || !code.startsWith('FST_')) return undefined;
  return FASTIFY_ERRORS.get(code) ?? STATUS_CODES.get(statusCode ?? 500);
}

/**
 * The message of a team's own exception. Nest's message about a missing route would only repeat the
 * path.
 */
function detailOf(error: unknown): string | undefined {
  const isOwnWords =
    error instanceof HttpException && error.getStatus() < 500 && error.getStatus() !== 404;
  return isOwnWords ? error.message : undefined;
}
