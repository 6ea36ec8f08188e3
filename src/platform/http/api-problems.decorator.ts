import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { describeError, Problem, problemDocument, type ErrorCode } from '../errors/index.js';

/** Documents the error codes of a route, with an example each; several codes may share a status. */
export function ApiProblems(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  const statuses = new Set(codes.map((code) => describeError(code).status));
  return applyDecorators(...[...statuses].map((status) => responseOf(status, codes)));
}

/**
 * Documents what every guarded route may answer: that the token is missing or no good, or that
 * nobody can tell now; and beside it the codes that are a route's own.
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

function responseOf(status: number, codes: readonly ErrorCode[]) {
  const ofStatus = codes.filter((code) => describeError(code).status === status);
  return ApiResponse({
    status,
    description: ofStatus.map((code) => `\`${code}\`: ${describeError(code).detail}`).join('\n\n'),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/ProblemResponse' },
        examples: Object.fromEntries(ofStatus.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  });
}

function exampleOf(code: ErrorCode) {
  return problemDocument(new Problem(code), {
    path: '/api/…',
    id: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10',
  });
}
