import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { HttpRequest } from '../platform/http/index.js';
import {
  AccessTokens,
  clientOf,
  isRecent,
  tokenFromHeader,
  unverifiedClaims,
  type AccessToken,
} from '../auth/index.js';
import { Clock } from '../platform/clock/index.js';
import { Config } from '../platform/config/index.js';
import { ConfiguredTokens } from '../platform/configured-tokens/index.js';
import { Problem } from '../platform/errors/index.js';
import { SecurityEvents } from '../platform/events/index.js';

/** Users with this role are operators. */
const ROLE = 'admin';

/** Operators by role prove who they are this often: a stolen access token alone is not enough. */
const MAX_AGE_SECONDS = 900;

/**
 * Guards the routes for operators: the request must contain `ADMIN_TOKEN`, or an access token of a
 * user with the role `admin` who has proved within the last 15 minutes who they are. For everybody
 * else there are no such routes where `ADMIN_TOKEN` is not set.
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly tokens: ConfiguredTokens,
    private readonly events: SecurityEvents,
    private readonly accessTokens: AccessTokens,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws Problem `not_found`, `token_missing`, `token_invalid`, `rate_limited`, and those of
   * `admitByRole`
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { adminToken } = this.config;
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const token = tokenFromHeader(request);
    if (token !== null && (await this.admitByRole(token, request))) return true;
    if (adminToken === undefined) throw new Problem('not_found');
    await this.tokens.requireOneOf({ admin: adminToken }, 'admin', {
      presented: token,
      ip: request.ip,
      onWrong: () => this.events.emit('admin_denied', { client: clientOf(request) }),
    });
    return true;
  }

  /**
   * False, without a query, for a token that does not claim the role or is not genuine: who has
   * never been an operator does not learn that there are these routes. Who was one does: their
   * client has to know whether to refresh.
   *
   * @throws Problem `token_expired`, `session_revoked`, `reauthentication_required`
   */
  private async admitByRole(token: string, request: HttpRequest): Promise<boolean> {
    if (!claimsRole(token)) return false;
    const user = await this.accessTokens.verify(token, request).catch((error: unknown) => {
      if (error instanceof Problem && error.code === 'token_invalid') return undefined;
      throw error;
    });
    if (!user?.roles.includes(ROLE)) return false;
    if (!isRecent(user as AccessToken, MAX_AGE_SECONDS, this.clock.nowMs(), this.config.tokens))
      throw new Problem('reauthentication_required', { maxAgeSeconds: MAX_AGE_SECONDS });
    request.user = user;
    return true;
  }
}

/** What the token says of itself, which is not verified. */
function claimsRole(token: string): boolean {
  const roles = unverifiedClaims(token)?.roles;
  return Array.isArray(roles) && roles.includes(ROLE);
}
