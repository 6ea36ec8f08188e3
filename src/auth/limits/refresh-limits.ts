import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '../../platform/errors/index.js';
import { RefreshGuard } from '../guards/refresh.guard.js';
import { LimitGuard } from './limit.guard.js';

/**
 * Limits the refreshes of one session. The token must have been judged: nobody else can use up this
 * limit.
 */
@Injectable()
export class SessionLimitGuard extends LimitGuard {
  protected override readonly names = ['refresh'] as const;
}

/** Limits refreshes from one network whose tokens were none of ours. */
@Injectable()
export class UnknownTokenLimitGuard extends LimitGuard {
  protected override readonly names = ['unknown_token'] as const;
}

/**
 * `RefreshGuard` within limits: of each session where the token is one of ours, and of the network
 * only where it is not. All of it comes before the session is asked for.
 */
@Injectable()
export class LimitedRefreshGuard implements CanActivate {
  constructor(
    private readonly refreshGuard: RefreshGuard,
    private readonly sessionLimit: SessionLimitGuard,
    private readonly unknownTokenLimit: UnknownTokenLimitGuard,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.judge(context);
    return this.sessionLimit.canActivate(context);
  }

  private async judge(context: ExecutionContext): Promise<void> {
    try {
      await this.refreshGuard.canActivate(context);
    } catch (error) {
      // Not one past its expiry, whose client must learn that; nor none at all, which pages ask
      // with to learn whether there is a session.
      if (error instanceof Problem && error.code === 'token_invalid')
        await this.unknownTokenLimit.canActivate(context);
      throw error;
    }
  }
}
