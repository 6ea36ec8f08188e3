import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem, type ErrorCode } from '../../platform/errors/index.js';
import { RefreshGuard } from '../guards/refresh.guard.js';
import { SessionLimitGuard, UnknownTokenLimitGuard } from './refresh-limit.guards.js';

/** A token that is merely past its expiry is one of ours, and its client must learn that. */
const UNKNOWN_TOKEN: readonly ErrorCode[] = ['token_missing', 'token_invalid'];

/**
 * `RefreshGuard` within limits: of each session where the token is one of ours, and of the network only where it is not. All of it
 * comes before the first query.
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
      await this.refreshGuard.canActivate(context);
    } catch (error) {
      if (error instanceof Problem && UNKNOWN_TOKEN.includes(error.code)) await this.unknownTokenLimit.canActivate(context);
      throw error;
    }
  }
}
