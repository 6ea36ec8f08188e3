import type { OpenAPIObject } from '@nestjs/swagger';
import {
  ERRORS,
  HEADERS,
  isAboutProof,
  proofChallenge,
  type ErrorCode,
  type ErrorDescription,
} from '#protocol';
import { IS_WITHOUT_RENEWAL } from '../caller/index.js';
import { isPublic, routesOf, type Operation } from './operations.js';

type Headers = NonNullable<NonNullable<OpenAPIObject['components']>['headers']>;
interface Response {
  headers?: Headers;
  readonly content?: Record<string, { readonly examples?: object }>;
}

/** Headers of many responses, each described once. */
const SHARED = {
  'X-Request-Id': {
    description: 'The id of the request in the log: the one that the client sent, or a new one.',
    required: true,
    schema: { type: 'string', example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' },
  },
  'WWW-Authenticate': {
    description: 'The challenge of RFC 6750, or of RFC 9449 for a missing or bad proof.',
    required: true,
    schema: { type: 'string', example: 'Bearer realm="evergreen", error="invalid_token"' },
  },
  'Retry-After': {
    description: 'The number of seconds to wait before the next attempt.',
    required: true,
    schema: { type: 'integer', minimum: 0, example: 2 },
  },
  [HEADERS.newToken]: {
    description:
      'An access token that may replace the one of the request. Sent if that one expires soon.',
    schema: { type: 'string', example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9…' },
  },
  [HEADERS.newTokenExpiresIn]: {
    description: `Seconds until the token in \`${HEADERS.newToken}\` expires.`,
    schema: { type: 'integer', minimum: 0, example: 28800 },
  },
  [HEADERS.proofNonce]: {
    description:
      'For the `nonce` of the next proof (RFC 9449, section 8). Sent if the request has a proof, or lacks one.',
    schema: { type: 'string', example: 'RnY0aW5nX2V4YW1wbGVfMQ' },
  },
} satisfies Headers;

/** Of a response that has another status than 401, such as a sign-in that must bring a proof. */
const PROOF_CHALLENGE = {
  'WWW-Authenticate': {
    description: 'With `proof_required`: the challenge of RFC 9449.',
    schema: { type: 'string', example: proofChallenge('invalid_dpop_proof') },
  },
} satisfies Headers;

type SharedName = keyof typeof SHARED;

const RETRYABLE_STATUSES: ReadonlySet<number> = new Set(
  Object.values<ErrorDescription>(ERRORS)
    .filter(({ retryable }) => retryable)
    .map(({ status }) => status),
);

/**
 * Adds the headers that guards, interceptors and hooks send to the responses of every route of a
 * document, including a team's own routes. It needs to run before `documentSecurity`.
 */
export function documentHeaders(document: OpenAPIObject): OpenAPIObject {
  document.components = {
    ...document.components,
    headers: { ...document.components?.headers, ...SHARED },
  };
  for (const { operation } of routesOf(document)) {
    const mayRenew = !takeMark(operation) && !isPublic(operation);
    for (const [status, response] of Object.entries(operation.responses) as [string, Response][])
      response.headers = {
        ...referencesTo(namesFor(status, mayRenew)),
        ...(mayRenew || takesProof(operation) ? referencesTo([HEADERS.proofNonce]) : {}),
        ...proofHeadersOf(response, status),
        ...response.headers,
      };
  }
  return document;
}

/** A proof is read where it is a parameter, and where it decides whether the token is renewed. */
function takesProof({ parameters = [] }: Operation): boolean {
  return parameters.some((parameter) => 'name' in parameter && parameter.name === HEADERS.proof);
}

function proofHeadersOf({ content = {} }: Response, status: string): Headers {
  const codes = Object.values(content).flatMap(({ examples = {} }) => Object.keys(examples));
  if (!codes.some((code) => isAboutProof(code as ErrorCode))) return {};
  return { ...(status !== '401' && PROOF_CHALLENGE), ...referencesTo([HEADERS.proofNonce]) };
}

/** True if the operation is marked by `@NoRenewal()`; the mark is no part of the document. */
function takeMark(operation: Operation): boolean {
  const isMarked = IS_WITHOUT_RENEWAL in operation;
  Reflect.deleteProperty(operation, IS_WITHOUT_RENEWAL);
  return isMarked;
}

function namesFor(status: string, mayRenew: boolean): SharedName[] {
  const names: SharedName[] = ['X-Request-Id'];
  if (status === '401') names.push('WWW-Authenticate');
  if (RETRYABLE_STATUSES.has(Number(status))) names.push('Retry-After');
  if (status.startsWith('2') && mayRenew) names.push(HEADERS.newToken, HEADERS.newTokenExpiresIn);
  return names;
}

function referencesTo(names: readonly SharedName[]): Headers {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
