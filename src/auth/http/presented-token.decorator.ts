import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AccessToken, RefreshToken } from '../tokens/claims.js';

/** The token that a guard of a refresh or logout route has verified. */
export const PresentedToken = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<{ user: AccessToken | RefreshToken }>().user,
);
