import { applyDecorators, UseGuards, UseInterceptors } from '@nestjs/common';
import { LoginBackoffInterceptor } from './login-backoff.interceptor.js';
import { LoginLimitGuard } from './login-limit.guard.js';

/**
 * For routes that take a password: limits attempts by account and network, and by network alone.
 */
export const LimitLogins = () =>
  applyDecorators(UseGuards(LoginLimitGuard), UseInterceptors(LoginBackoffInterceptor));
