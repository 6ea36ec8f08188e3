import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { HttpRequest } from '../platform/http/index.js';
import { clientOf, tokenFromHeader } from '../auth/index.js';
import { Config } from '../platform/config/index.js';
import { Problem } from '../platform/errors/index.js';
import { SecurityEvents } from '../platform/events/index.js';
import { Counters, networkOf, RateLimitRejections } from '../platform/throttling/index.js';

const WINDOW_MS = 60_000;

/** Per network: more than operators mistype, and far too few to guess 32 bytes. */
const WRONG_TOKENS_A_MINUTE = 60;

/**
 * Guards the routes for operators: the request must contain `ADMIN_TOKEN`. Without that variable
 * there are no such routes.
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly counters: Counters,
    private readonly rejections: RateLimitRejections,
    private readonly events: SecurityEvents,
  ) {}

  /** Correct tokens are not counted: somebody else in the network must not lock operators out. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { adminToken } = this.config;
    if (adminToken === undefined) throw new Problem('not_found');
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const token = tokenFromHeader(request);
    if (token !== null && isSame(token, adminToken)) return true;
    await this.countWrong(request);
    if (token === null) throw new Problem('token_missing');
    await this.events.emit('admin_denied', { client: clientOf(request) });
    throw new Problem('token_invalid');
  }

  private async countWrong(request: HttpRequest): Promise<void> {
    const { count, msLeft } = await this.counters.hit(`admin:${networkOf(request)}`, WINDOW_MS);
    if (count > WRONG_TOKENS_A_MINUTE) this.rejections.rejectRateLimited('admin', msLeft);
  }
}

/** Digests have equal length, so that the comparison takes the same time for every token. */
function isSame(token: string, adminToken: string): boolean {
  return timingSafeEqual(digest(token), digest(adminToken));
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
