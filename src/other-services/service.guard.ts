import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { clientOf, tokenFromHeader } from '../auth/index.js';
import { Config } from '../platform/config/index.js';
import { ConfiguredTokens } from '../platform/configured-tokens/index.js';
import { Problem } from '../platform/errors/index.js';
import { SecurityEvents } from '../platform/events/index.js';
import type { HttpRequest } from '../platform/http/index.js';

/**
 * Guards the routes for other services: the request must contain one of `SERVICE_TOKENS`. Without
 * that variable there are no such routes.
 */
@Injectable()
export class ServiceGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly tokens: ConfiguredTokens,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `token_missing`, `token_invalid`, `rate_limited` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { serviceTokens } = this.config;
    if (Object.keys(serviceTokens).length === 0) throw new Problem('not_found');
    const request = context.switchToHttp().getRequest<HttpRequest>();
    request.evergreen.service = await this.tokens.requireOneOf(serviceTokens, 'service', {
      presented: tokenFromHeader(request),
      ip: request.ip,
      onWrong: () => this.events.emit('service_denied', { client: clientOf(request) }),
    });
    return true;
  }
}
