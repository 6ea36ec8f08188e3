import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiSecurity, type OpenAPIObject } from '@nestjs/swagger';
import { describeError, HEADERS, type ErrorCode } from '#protocol';
import { routesOf } from '../platform/documentation/index.js';
import { COOKIE_NAME, COOKIE_PATH } from './refresh-cookie/refresh-cookie.js';

/** The ways to send a token, by their names in the document. */
export const TOKEN_SCHEMES = {
  // The name that `@ApiBearerAuth()` uses, so that a team's own decorators mean the access token.
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'An access token. If its `token_type` is `DPoP`, its session is bound to a key: send it as `Authorization: DPoP <token>`, with a proof in the header `DPoP` (RFC 9449). A request without a proof gets 401 `proof_required` where one is needed, and no `X-New-Token` elsewhere.',
  },
  refresh_token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'A refresh token. It may be in the body instead. That of a bound session needs a proof in the header `DPoP` of the same request, and the scheme `DPoP`.',
  },
  refresh_cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: COOKIE_NAME,
    description:
      'The refresh token of a session with `transport: "cookie"`. Browsers send it by themselves.',
  },
} as const;

/** Documents that the route takes any token of a session: refresh token, cookie or access token. */
export function AcceptsAnyToken(): MethodDecorator {
  const names: (keyof typeof TOKEN_SCHEMES)[] = ['bearer', 'refresh_cookie', 'refresh_token'];
  // The refresh token is last: generated clients that have several tokens send the last one.
  return applyDecorators(...names.map((name) => ApiSecurity(name)));
}

/** Documents the header by which clients on one machine can be told apart. */
export function AcceptsDeviceId(): MethodDecorator {
  return ApiHeader({
    name: HEADERS.deviceId,
    required: false,
    description:
      'An id that the client has made up for its device, at most 200 characters. Without one, clients are told apart by their `User-Agent`.',
    schema: { type: 'string', example: '5b1f7f3e-3d52-4f0e-9a57-0d1c3c0c8a11' },
  });
}

/** Documents the header that a request must have if it uses the refresh cookie. */
export function AcceptsRequestedWith(): MethodDecorator {
  return ApiHeader({
    name: HEADERS.requestedWith,
    required: false,
    description: 'Any value. Requests that use or ask for the refresh cookie need it.',
    schema: { type: 'string', example: 'fetch' },
  });
}

/** For the description of a route that begins the next epoch of a session. */
export const NAMES_NEW_KEY =
  'The proof of a bound session may name the thumbprint of another key in its claim `new_jkt`: the new tokens are bound to that one.';

/** For the `headers` of a response that gives tokens. */
export const SETS_REFRESH_COOKIE = {
  'Set-Cookie': {
    description: 'The refresh token, if the session has `transport: "cookie"`.',
    schema: {
      type: 'string',
      example: `${COOKIE_NAME}=eyJhbGciOiJIUzI1NiIs…; Path=${COOKIE_PATH}; HttpOnly; Secure; SameSite=Strict`,
    },
  },
} as const;

const CLEARS_REFRESH_COOKIE = {
  'Set-Cookie': {
    description: 'Deletes the refresh cookie, if it is of the session that has ended.',
    schema: {
      type: 'string',
      example: `${COOKIE_NAME}=; Max-Age=0; Path=${COOKIE_PATH}; HttpOnly; Secure; SameSite=Strict`,
    },
  },
} as const;

/** The operations that may end the session of the request, by their ids. */
const ENDING: readonly (string | undefined)[] = ['logout', 'logoutAll', 'endSession'];

/**
 * Documents which responses delete the refresh cookie: those to requests that end their own
 * session, and below the path of the cookie all that say `clear_credentials`.
 */
export function documentClearedCookies(document: OpenAPIObject): OpenAPIObject {
  for (const { path, operation } of routesOf(document)) {
    const isEnding = ENDING.includes(operation.operationId);
    const getsCookie = path.startsWith(`${COOKIE_PATH}/`);
    for (const [status, response] of Object.entries(operation.responses) as [string, Response][])
      if ((isEnding && status.startsWith('2')) || (getsCookie && clearsCredentials(response)))
        response.headers = { ...response.headers, ...CLEARS_REFRESH_COOKIE };
  }
  return document;
}

function clearsCredentials(response: Response): boolean {
  return codesOf(response).some((code) => describeError(code).clearCredentials);
}

function codesOf({ content = {} }: Response): ErrorCode[] {
  return Object.values(content).flatMap(
    ({ examples = {} }) => Object.keys(examples) as ErrorCode[],
  );
}

interface Response {
  headers?: object;
  readonly content?: Record<string, { examples?: object }>;
}
