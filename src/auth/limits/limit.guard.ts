import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerOptions } from '@nestjs/throttler';
import { CountingStorage, Refusals } from '../../platform/throttling/index.js';

/** The limits, by the names that metrics call them by. */
export type LimitName = 'refresh' | 'unknown_token' | 'login' | 'login_network';

/**
 * A throttler that applies some of the limits, and answers with a problem that tells nothing of
 * them.
 */
@Injectable()
export abstract class LimitGuard extends ThrottlerGuard {
  @Inject()
  private readonly refusals: Refusals;

  declare protected readonly storageService: CountingStorage;

  protected abstract readonly names: readonly LimitName[];

  override async onModuleInit(): Promise<void> {
    await super.onModuleInit();
    this.throttlers = this.throttlers.filter(({ name }) => this.names.includes(name as LimitName));
    for (const name of this.names) this.refusals.announce(name);
  }

  /**
   * As configured, on every route. The library's own looks for decorators first, which none of ours
   * has, and took 7 % of a refresh.
   */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    for (const throttler of this.throttlers)
      if (!throttler.skipIf?.(context)) await this.count(throttler, context);
    return true;
  }

  /**
   * Refuses what is beyond one of the limits already, and counts nothing: whoever is refused leaves
   * no trace in memory that could push out others'.
   *
   * @throws Problem `rate_limited`
   */
  protected async requireRoom(limitName: LimitName, context: ExecutionContext): Promise<void> {
    const throttler = this.throttlers.find(({ name }) => name === limitName);
    if (!throttler || throttler.skipIf?.(context)) return;
    const { limit, getTracker } = throttler;
    const countedBy = await getTracker?.(context.switchToHttp().getRequest(), context);
    if (countedBy === undefined) return;
    const seconds = await this.storageService.secondsUntilRoom(countedBy, Number(limit), limitName);
    if (seconds > 0) this.refusals.refuse(limitName, seconds);
  }

  private async count(
    { name, limit, ttl, getTracker }: ThrottlerOptions,
    context: ExecutionContext,
  ): Promise<void> {
    const countedBy = await getTracker?.(context.switchToHttp().getRequest(), context);
    if (countedBy === undefined) return;
    const { isBlocked, timeToBlockExpire } = await this.storageService.increment(
      countedBy,
      Number(ttl),
      Number(limit),
      0,
      String(name),
    );
    if (isBlocked) this.refusals.refuse(name as LimitName, timeToBlockExpire);
  }
}
