import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import { CountingStorage, Refusals, type CountedLimit } from '../../platform/throttling/index.js';

/** The limits, by the names that metrics call them by. */
export type LimitName = 'refresh' | 'unknown_token' | 'login' | 'login_network';

/**
 * A throttler that applies some of the limits, and answers with a problem that tells nothing of
 * them.
 */
@Injectable()
export abstract class LimitGuard extends ThrottlerGuard {
  @Inject()
  protected readonly refusals: Refusals;

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
   *
   * @throws Problem `rate_limited`
   */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const full = await this.storageService.admit(this.limitsOf(context));
    if (full) this.refusals.refuse(full.name, full.msLeft);
    return true;
  }

  /** What a request counts for. */
  protected limitsOf(context: ExecutionContext): CountedLimit[] {
    const request = context.switchToHttp().getRequest<Record<string, unknown>>();
    return this.throttlers
      .filter(({ skipIf }) => !skipIf?.(context))
      .map((throttler) => ({
        name: String(throttler.name),
        // Ours, in limits.ts, answer at once.
        countedBy: throttler.getTracker?.(request, context) as string | undefined,
        windowMs: Number(throttler.ttl),
        limit: Number(throttler.limit),
      }))
      .filter((limit): limit is CountedLimit => limit.countedBy !== undefined);
  }
}
