import { Injectable } from '@nestjs/common';
import { LimitGuard } from './limit.guard.js';

/**
 * Limits the refreshes of one session. The token must have been verified: nobody else can use up
 * this limit.
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
