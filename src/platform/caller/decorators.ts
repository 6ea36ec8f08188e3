import {
  applyDecorators,
  createParamDecorator,
  SetMetadata,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { callerOf } from './caller.js';
import type { CallingUser, Principal } from './principal.js';

/** Metadata key behind `@Public()`. */
export const IS_PUBLIC = 'evergreen:public';

/**
 * Allows requests without a token, on a route or on all routes of a controller. Every other route
 * needs an access token. In a document, an empty security requirement stands for that.
 */
export const Public = () => applyDecorators(SetMetadata(IS_PUBLIC, true), ApiSecurity({}));

/** Metadata key behind `@NoRenewal()`, and its mark in a document that is not complete. */
export const IS_WITHOUT_RENEWAL = 'x-evergreen-no-renewal';

/**
 * For routes that poll, so that a forgotten tab does not keep its session alive: their responses
 * contain no `X-New-Token`.
 */
export const NoRenewal = () =>
  applyDecorators(SetMetadata(IS_WITHOUT_RENEWAL, true), ApiExtension(IS_WITHOUT_RENEWAL, true));

/** The user who makes the request, or sent the message: a `CallingUser`. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): CallingUser => {
    const { userId, roles, claims } = principalOf(context);
    return { id: userId, roles, claims };
  },
);

/**
 * The session of the request: `{ id, epoch, expiresAt, amr }`; `expiresAt` is that of its access
 * token, in epoch seconds, and `amr` says how the user has proved who they are (RFC 8176).
 */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { sessionId, epoch, expiresAt, amr = [] } = principalOf(context);
  return { id: sessionId, epoch, expiresAt, amr };
});

function principalOf(context: ExecutionContext): Principal {
  return (callerOf(context) as { user: Principal }).user;
}
