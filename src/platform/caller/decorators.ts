import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Principal } from './principal.js';

/** Metadata key behind `@Public()`. */
export const IS_PUBLIC = 'evergreen:public';

/**
 * Opens a route, or all of a controller, to requests without a token. Every other route is closed.
 */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** Metadata key behind `@NoRenewal()`. */
export const IS_WITHOUT_RENEWAL = 'evergreen:no-renewal';

/**
 * For routes that poll, so that a forgotten tab does not keep its session alive: their answers
 * carry no `X-New-Token`.
 */
export const NoRenewal = () => SetMetadata(IS_WITHOUT_RENEWAL, true);

/** The user who makes the request: `{ id }`. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): { id: string } => ({
    id: principalOf(context).userId,
  }),
);

/**
 * The session that the request belongs to: `{ id, epoch, expiresAt }`; `expiresAt` is its access
 * token's, in epoch seconds.
 */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { sessionId, epoch, expiresAt } = principalOf(context);
  return { id: sessionId, epoch, expiresAt };
});

function principalOf(context: ExecutionContext): Principal {
  return context.switchToHttp().getRequest<{ user: Principal }>().user;
}
