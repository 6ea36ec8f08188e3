import {
  applyDecorators,
  Injectable,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { callerOf } from '../../platform/caller/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import type { AccessToken } from '../tokens/claims.js';
import { isRecent } from '../tokens/expiry.js';

/** Metadata key behind `@RequireRecentLogin()`. */
const MAX_AGE_SECONDS = 'evergreen:max-age-seconds';

export interface RecentLogin {
  /** How long ago the user may have proved who they are, in whole seconds. */
  readonly maxAgeSeconds: number;
}

/**
 * Judges `auth_time` of the access token that `AccessGuard` has verified, without a query.
 */
@Injectable()
class RecentLoginGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  canActivate(context: ExecutionContext): true {
    const places = [context.getHandler(), context.getClass()];
    const maxAgeSeconds = this.reflector.getAllAndOverride<number>(MAX_AGE_SECONDS, places);
    const token = callerOf(context)?.user as AccessToken | undefined;
    if (!token) throw new Problem('token_missing');
    if (!isRecent(token, maxAgeSeconds, this.clock.nowMs(), this.config.tokens))
      throw new Problem('reauthentication_required', { maxAgeSeconds });
    return true;
  }
}

/**
 * For routes, resolvers and messages, or all of a class, that need more than a session: the user must
 * have proved who they are, by signing in or by `POST /api/auth/reauthenticate`, within
 * `maxAgeSeconds`. A method's own takes precedence over that of its class. The clock tolerance is
 * added, as for every time in a token.
 *
 * Else the request gets 401 `reauthentication_required` with the challenge of RFC 9470. The client
 * keeps its session, has the user prove it, and sends the request again.
 *
 * @throws TypeError if `maxAgeSeconds` is not a whole number of at least 0
 */
export function RequireRecentLogin({
  maxAgeSeconds,
}: RecentLogin): ClassDecorator & MethodDecorator {
  if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 0)
    throw new TypeError('maxAgeSeconds must be a whole number of at least 0.');
  return applyDecorators(SetMetadata(MAX_AGE_SECONDS, maxAgeSeconds), UseGuards(RecentLoginGuard));
}
