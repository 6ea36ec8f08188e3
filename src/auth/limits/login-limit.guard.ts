import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { LimitGuard } from './limit.guard.js';
import { LoginBackoff } from './login-backoff.js';
import { pairOf, type LoginAttempt } from './pair.js';

/**
 * Stands before routes that take a password, so that no more of them are hashed than may be tried.
 */
@Injectable()
export class LoginLimitGuard extends LimitGuard {
  @Inject()
  private readonly backoff: LoginBackoff;

  protected override readonly names = ['login', 'login_network'] as const;

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.backoff.requireNoWait(pairOf(context.switchToHttp().getRequest<LoginAttempt>()));
    return super.canActivate(context);
  }
}
