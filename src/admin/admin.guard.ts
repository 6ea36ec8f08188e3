import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { HttpRequest } from '../platform/http/index.js';
import { clientOf, tokenFromHeader } from '../auth/index.js';
import { Config } from '../platform/config/index.js';
import { ConfiguredTokens } from '../platform/configured-tokens/index.js';
import { Problem } from '../platform/errors/index.js';
import { SecurityEvents } from '../platform/events/index.js';

/**
 * Guards the routes for operators: the request must contain `ADMIN_TOKEN`. Without that variable
 * there are no such routes.
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly tokens: ConfiguredTokens,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `token_missing`, `token_invalid`, `rate_limited` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { adminToken } = this.config;
    if (adminToken === undefined) throw new Problem('not_found');
    const request = context.switchToHttp().getRequest<HttpRequest>();
    await this.tokens.requireOneOf({ admin: adminToken }, 'admin', {
      presented: tokenFromHeader(request),
      ip: request.ip,
      onWrong: () => this.events.emit('admin_denied', { client: clientOf(request) }),
    });
    return true;
  }
}
