import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import { Refusals } from '../../platform/throttling/index.js';
import type { LimitName } from './limits.js';

/** A throttler that applies some of the limits, and answers with a problem that tells nothing of them. */
@Injectable()
export abstract class LimitGuard extends ThrottlerGuard {
  @Inject()
  private readonly refusals: Refusals;

  protected abstract readonly names: readonly LimitName[];

  override async onModuleInit(): Promise<void> {
    await super.onModuleInit();
    this.throttlers = this.throttlers.filter(({ name }) => this.names.includes(name as LimitName));
  }

  protected override async handleRequest({
    context,
    throttler,
    limit,
    ttl,
    blockDuration,
    getTracker,
  }: ThrottlerRequest): Promise<boolean> {
    const name = throttler.name as LimitName;
    const countedBy = await getTracker(context.switchToHttp().getRequest(), context);
    const { isBlocked, timeToBlockExpire } = await this.storageService.increment(countedBy, ttl, limit, blockDuration, name);
    if (isBlocked) this.refusals.refuse(name, timeToBlockExpire);
    return true;
  }
}
