import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '../../platform/errors/index.js';
import { RefreshGuard } from '../guards/refresh.guard.js';
import { SessionLimitGuard, UnknownTokenLimitGuard } from './refresh-limit.guards.js';

/**
 * `RefreshGuard` within limits: of each session where the token is one of ours, and of the network
 * only where it is not. All of it comes before the first query.
 */
@Injectable()
export class LimitedRefreshGuard implements CanActivate {
  constructor(
    private readonly refreshGuard: RefreshGuard,
    private readonly sessionLimit: SessionLimitGuard,
    private readonly unknownTokenLimit: UnknownTokenLimitGuard,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.verify(context);
    return this.sessionLimit.canActivate(context);
  }

  private async verify(context: ExecutionContext): Promise<void> {
    try {
      this.refreshGuard.canActivate(context);
    } catch (error) {
      // Not one past its expiry, whose client must learn that; nor none at all, which pages ask
      // with to learn whether there is a session.
      if (error instanceof Problem && error.code === 'token_invalid')
        await this.unknownTokenLimit.canActivate(context);
      throw error;
    }
  }
}
