import { STATUS_CODES as STATUS_TEXTS } from 'node:http';
import { HttpException } from '@nestjs/common';
import { ERRORS, type ErrorCode, type FieldError } from '#protocol';
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
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'malformed_request'],
  // From a team's own handler, which has already run. Only our guards use the codes for invalid
  // tokens, after which clients send a request again.
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [408, 'request_timeout'],
  [409, 'conflict'],
  [413, 'payload_too_large'],
  [414, 'uri_too_long'],
  [415, 'unsupported_media_type'],
  [422, 'validation_failed'],
  [429, 'rate_limited'],
  [431, 'headers_too_large'],
  [500, 'internal_error'],
  [503, 'service_unavailable'],
]);

/** A validation of a team may list as many messages as a body has fields. */
const MAX_MESSAGES = 20;
const MAX_MESSAGE_CHARACTERS = 200;

/** Members of Nest's bodies that are the `detail`, `status` and `title` of ours. */
const NEST_MEMBERS = ['message', 'statusCode', 'error'];

/**
 * The problem for anything that was thrown. An `HttpException` keeps its status, its words and the
 * members of its body, except one of status 500: like an unexpected error it is `internal_error`,
 * with its details only in the log.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseOutage(error)) return new Problem('service_unavailable', { cause: error });
  if (error instanceof HttpException) return ofException(error);
  const status = statusOfFastify(error);
  const { code } = (error ?? {}) as { code?: unknown };
  const known = status && typeof code === 'string' ? FASTIFY_ERRORS.get(code) : undefined;
  if (known) return new Problem(known, { cause: error });
  return new Problem(codeOfStatus(status ?? 500), { cause: error, ...(status && { status }) });
}

/**
 * The status of an error of Fastify or of its plug-ins. The status of another error, such as a
 * failed upstream request, is not the status of this response.
 */
function statusOfFastify(error: unknown): number | undefined {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  if (typeof code !== 'string' || !code.startsWith('FST_')) return undefined;
  return isStatus(statusCode) ? statusCode : undefined;
}

function ofException(exception: HttpException): Problem {
  const given: unknown = exception.getStatus();
  const status = isStatus(given) ? given : 500;
  if (status === 500) return new Problem('internal_error', { cause: exception });
  const body = exception.getResponse() as string | Body | null;
  const { message, error, ...members }: Body =
    typeof body === 'object' && body !== null ? body : { message: body };
  const fieldErrors = Array.isArray(message) ? listed(message) : undefined;
  return new Problem(fieldErrors && isForm(status) ? 'validation_failed' : codeOfStatus(status), {
    cause: exception,
    status,
    title: wordsOf(error, status),
    detail: fieldErrors
      ? fieldErrors.map((one) => one.message).join('; ')
      : wordsOf(message, status),
    fieldErrors,
    members: membersOf(members),
    ownCode: ownCodeOf(members),
  });
}

interface Body extends Readonly<Record<string, unknown>> {
  readonly message?: unknown;
  readonly error?: unknown;
}

/** Nest's `ValidationPipe` responds with 400, and with one message for each rule. */
function isForm(status: number): boolean {
  return status === 400 || status === 422;
}

function listed(messages: readonly unknown[]): FieldError[] {
  return messages
    .filter((message) => typeof message === 'string')
    .slice(0, MAX_MESSAGES)
    .map((message) => ({ field: '', message: message.slice(0, MAX_MESSAGE_CHARACTERS) }));
}

/**
 * The words of a team. Undefined for Nest's own: the name of the status, and the path of a missing
 * route.
 */
function wordsOf(text: unknown, status: number): string | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  if (text.toLowerCase() === STATUS_TEXTS[status]?.toLowerCase()) return undefined;
  if (status === 404 && /^Cannot [A-Z]+ \//.test(text)) return undefined;
  return text;
}

function membersOf(body: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const members = Object.entries(body).filter(([name]) => !NEST_MEMBERS.includes(name));
  return members.length > 0 ? Object.fromEntries(members) : undefined;
}

/** A code of a team's own. With one of ours, clients would do what only we may tell them. */
function ownCodeOf({ code }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof code === 'string' && !Object.hasOwn(ERRORS, code) ? code : undefined;
}

/** Our code for a status of somebody else. */
export function codeOfStatus(status: number): ErrorCode {
  return CODES.get(status) ?? (status < 500 ? 'request_refused' : 'internal_error');
}

function isStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 300 && (status as number) < 600;
}
