import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '../../platform/errors/index.js';
import { RefreshGuard } from '../guards/refresh.guard.js';
import { LimitGuard } from './limit.guard.js';

/**
 * Limits the refreshes of one session. It runs after the token was verified, so nobody else can use
 * up this limit.
 */
@Injectable()
export class SessionLimitGuard extends LimitGuard {
  protected override readonly names = ['refresh'] as const;
}

/** Limits refreshes from one network whose tokens do not verify. */
@Injectable()
export class UnknownTokenLimitGuard extends LimitGuard {
  protected override readonly names = ['unknown_token'] as const;
}

/**
 * `RefreshGuard` with limits: per session if the token verifies, per network if it does not. Both
 * are checked before any query for the session.
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
      // An expired token does not count: its client must be told so. Nor does a missing
      // token: pages send such a request to find out whether there is a session.
      if (error instanceof Problem && error.code === 'token_invalid')
        await this.unknownTokenLimit.canActivate(context);
      throw error;
    }
  }
}
