import { applyDecorators } from '@nestjs/common';
import { ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import {
  describeError,
  Problem,
  problemDocument,
  type ErrorCode,
  type OwnErrorDescription,
  type OwnProblem,
} from '../errors/index.js';
import { isPublic, routesOf, type Operation } from './operations.js';

const PROBLEM_JSON = 'application/problem+json';

/** A code whose status on this route is another than that of the registry. */
interface ProblemAtStatus {
  readonly code: ErrorCode;
  readonly status: number;
}

type Documented = ErrorCode | ProblemAtStatus | OwnProblem;

/**
 * Documents the error codes of a route, with an example for each. Codes may share a status. Those of
 * every route, and of every guarded route, need not be named. A code of a team's own is given by what
 * `defineProblems` has made for it.
 */
export function ApiProblems(...problems: Documented[]): MethodDecorator & ClassDecorator {
  const statuses = new Set(problems.map((problem) => descriptionOf(problem).status));
  return applyDecorators(...[...statuses].map((status) => responseOf(status, problems)));
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

/** Error codes of every route that is not `@Public()`. */
const OF_EVERY_GUARDED_ROUTE: readonly ErrorCode[] = [
  'token_missing',
  'token_invalid',
  'token_expired',
  'session_revoked',
  'proof_required',
  'proof_invalid',
  'service_unavailable',
];

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'delete']);

/**
 * Adds the error codes of the HTTP layer to every route of a document, and those of the guard to
 * every route that is not `@Public()`, including a team's own routes. It needs to
 * run before `documentSecurity`.
 */
export function documentProblems(document: OpenAPIObject): OpenAPIObject {
  for (const { method, operation } of routesOf(document)) {
    if (!isPublic(operation)) addProblems(operation.responses, OF_EVERY_GUARDED_ROUTE);
    addProblems(operation.responses, OF_EVERY_ROUTE);
    if (METHODS_WITH_BODY.has(method)) addProblems(operation.responses, OF_EVERY_BODY);
  }
  return document;
}

function addProblems(responses: Operation['responses'], codes: readonly ErrorCode[]): void {
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

function responseOf(status: number, problems: readonly Documented[]) {
  const ofStatus = problems.filter((problem) => descriptionOf(problem).status === status);
  return ApiResponse({ status, ...responseFor(ofStatus) });
}

function responseFor(problems: readonly Documented[]) {
  return {
    description: problems
      .map((problem) => `\`${codeOf(problem)}\`: ${descriptionOf(problem).detail}`)
      .join('\n\n'),
    content: {
      [PROBLEM_JSON]: {
        schema: { $ref: '#/components/schemas/ProblemResponse' },
        examples: Object.fromEntries(
          problems.map((problem) => [codeOf(problem), { value: exampleOf(problem) }]),
        ),
      },
    },
  };
}

function codeOf(problem: Documented): string {
  return typeof problem === 'string' ? problem : problem.code;
}

function descriptionOf(problem: Documented): OwnErrorDescription {
  if (typeof problem === 'string') return describeError(problem);
  if (typeof problem === 'function') return problem.description;
  return { ...describeError(problem.code), status: problem.status };
}

function exampleOf(problem: Documented) {
  return problemDocument(exampleProblem(problem), {
    path: '/api/…',
    id: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10',
  });
}

function exampleProblem(problem: Documented): Problem {
  if (typeof problem === 'string') return new Problem(problem);
  if (typeof problem === 'function') return problem();
  return new Problem(problem.code, { status: problem.status });
}
