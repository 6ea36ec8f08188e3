import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import {
  CountingStorage,
  RateLimitRejections,
  type CountedLimit,
} from '../../platform/throttling/index.js';

/** The limits, by their names in metrics. */
export type LimitName = 'refresh' | 'unknown_token' | 'login' | 'login_network';

/**
 * A throttler that applies some of the limits. Its error response contains nothing about them but
 * `Retry-After`.
 */
@Injectable()
export abstract class LimitGuard extends ThrottlerGuard {
  @Inject()
  protected readonly rejections: RateLimitRejections;

  declare protected readonly storageService: CountingStorage;

  protected abstract readonly names: readonly LimitName[];

  override async onModuleInit(): Promise<void> {
    await super.onModuleInit();
    this.throttlers = this.throttlers.filter(({ name }) => this.names.includes(name as LimitName));
    for (const name of this.names) this.rejections.announce(name);
  }

  /**
   * Applies the configured limits. The library's version first looks for decorators, which our routes
   * do not have; that took 7 % of a refresh.
   *
   * @throws Problem `rate_limited`
   */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const full = await this.storageService.admit(this.limitsOf(context));
    if (full) this.rejections.rejectRateLimited(full.name, full.msLeft);
    return true;
  }

  /** The limits that count this request, with their keys. */
  protected limitsOf(context: ExecutionContext): CountedLimit[] {
    const request = context.switchToHttp().getRequest<Record<string, unknown>>();
    return this.throttlers
      .filter(({ skipIf }) => !skipIf?.(context))
      .map((throttler) => ({
        name: String(throttler.name),
        // Our trackers, in limits.ts, are synchronous.
        countedBy: throttler.getTracker?.(request, context) as string | undefined,
        windowMs: Number(throttler.ttl),
        limit: Number(throttler.limit),
      }))
      .filter((limit): limit is CountedLimit => limit.countedBy !== undefined);
  }
}
