import { HttpException } from '@nestjs/common';
import type { ErrorCode } from '#protocol';
import { isDatabaseOutage } from './outage.js';
import { Problem } from './problem.js';

/** What Fastify finds before a handler runs, by its own codes. */
const FASTIFY_ERRORS: ReadonlyMap<string, ErrorCode> = new Map([
  ['FST_ERR_BAD_URL', 'malformed_request'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'payload_too_large'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed_request'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'uri_too_long'],
]);

/** By status, for what Nest or a team's own module throws as an `HttpException`. */
const STATUS_CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'malformed_request'],
  // Of a team's own handler, which has run: only our guards say that a token is at fault, and
  // clients send a request again for that.
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
 * What a client is told about anything that was thrown. What nobody foresaw is `internal_error`,
 * and only the log knows more.
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
  // Only Fastify's: the status of somebody else's error, such as an answer from upstream, is not
  // ours.
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: number };
  if (typeof code !== 'string' || !code.startsWith('FST_')) return undefined;
  return FASTIFY_ERRORS.get(code) ?? STATUS_CODES.get(statusCode ?? 500);
}

/**
 * A team's own words about a request it refuses; Nest's own about a missing route would only repeat
 * the path.
 */
function detailOf(error: unknown): string | undefined {
  const isOwnWords =
    error instanceof HttpException && error.getStatus() < 500 && error.getStatus() !== 404;
  return isOwnWords ? error.message : undefined;
}
