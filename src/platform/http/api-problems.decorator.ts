import { applyDecorators } from '@nestjs/common';
import { ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import { describeError, Problem, problemDocument, type ErrorCode } from '../errors/index.js';

const PROBLEM_JSON = 'application/problem+json';

/** Documents the error codes of a route, with an example for each. Codes may share a status. */
export function ApiProblems(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  const statuses = new Set(codes.map((code) => describeError(code).status));
  return applyDecorators(...[...statuses].map((status) => responseOf(status, codes)));
}

/**
 * Documents the error codes of every guarded route (token missing, token not accepted, service
 * unavailable), and further codes of this route.
 */
export function GuardedProblems(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  return ApiProblems(
    'token_missing',
    'token_invalid',
    'token_expired',
    'session_revoked',
    'service_unavailable',
    ...codes,
  );
}

/** Error codes of every route: before its handler runs, and for unexpected failures. */
const OF_EVERY_ROUTE: readonly ErrorCode[] = [
  'malformed_request',
  'request_timeout',
  'uri_too_long',
  'headers_too_large',
  'internal_error',
];

/** Error codes of every method whose body is read, even if the route does not use it. */
const OF_EVERY_BODY: readonly ErrorCode[] = [
  'malformed_json',
  'payload_too_large',
  'unsupported_media_type',
];

const METHODS_WITH_BODY = ['post', 'put', 'patch', 'delete'] as const;
const METHODS = ['get', ...METHODS_WITH_BODY] as const;

/**
 * Adds the error codes of the HTTP layer to every route of a document, including a team's own
 * routes.
 */
export function documentEarlyProblems(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS)
      if (path[method]) addProblems(path[method].responses, OF_EVERY_ROUTE);
    for (const method of METHODS_WITH_BODY)
      if (path[method]) addProblems(path[method].responses, OF_EVERY_BODY);
  }
  return document;
}

type Responses = NonNullable<OpenAPIObject['paths'][string]['get']>['responses'];

function addProblems(responses: Responses, codes: readonly ErrorCode[]): void {
  for (const code of codes) {
    const { status } = describeError(code);
    const known = responses[status] as ProblemResponseObject | undefined;
    if (known?.content?.[PROBLEM_JSON]?.examples?.[code]) continue;
    responses[status] = known ? bothOf(known, responseFor([code])) : responseFor([code]);
  }
}

interface ProblemResponseObject {
  description: string;
  content?: Record<string, { schema?: object; examples?: Record<string, { value: unknown }> }>;
}

/** Merges two responses: OpenAPI allows one for each status. */
function bothOf(one: ProblemResponseObject, other: ProblemResponseObject): ProblemResponseObject {
  const [known, added] = [one.content?.[PROBLEM_JSON], other.content?.[PROBLEM_JSON]];
  const examples = { ...known?.examples, ...added?.examples };
  return {
    ...one,
    description: [one.description, other.description].filter(Boolean).join('\n\n'),
    content: { ...one.content, [PROBLEM_JSON]: { ...added, ...known, examples } },
  };
}

function responseOf(status: number, codes: readonly ErrorCode[]) {
  const ofStatus = codes.filter((code) => describeError(code).status === status);
  return ApiResponse({ status, ...responseFor(ofStatus) });
}

function responseFor(codes: readonly ErrorCode[]) {
  return {
    description: codes.map((code) => `\`${code}\`: ${describeError(code).detail}`).join('\n\n'),
    content: {
      [PROBLEM_JSON]: {
        schema: { $ref: '#/components/schemas/ProblemResponse' },
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  };
}

function exampleOf(code: ErrorCode) {
  return problemDocument(new Problem(code), {
    path: '/api/…',
    id: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10',
  });
}
