import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { clientOf, tokenFromHeader } from '../auth/index.js';
import { Config } from '../platform/config/index.js';
import { Problem } from '../platform/errors/index.js';
import { SecurityEvents } from '../platform/events/index.js';
import { Counters, networkOf, RateLimitRejections } from '../platform/throttling/index.js';

const WINDOW_MS = 60_000;

/** Per network: more than operators mistype, and far too few to guess 32 bytes. */
const WRONG_TOKENS_A_MINUTE = 60;

/** Guards the routes for operators: the request must contain `ADMIN_TOKEN`. */
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
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = tokenFromHeader(request);
    if (token !== null && this.isRight(token)) return true;
    await this.countWrong(request);
    if (token === null) throw new Problem('token_missing');
    await this.events.emit('admin_denied', { client: clientOf(request) });
    throw new Problem('token_invalid');
  }

  private async countWrong(request: FastifyRequest): Promise<void> {
    const { count, msLeft } = await this.counters.hit(`admin:${networkOf(request)}`, WINDOW_MS);
    if (count > WRONG_TOKENS_A_MINUTE) this.rejections.rejectRateLimited('admin', msLeft);
  }

  private isRight(token: string): boolean {
    const { adminToken } = this.config;
    return adminToken !== undefined && timingSafeEqual(digest(token), digest(adminToken));
  }
}

/** Digests have equal length, so that the comparison takes the same time for every token. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
