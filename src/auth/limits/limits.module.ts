import { Module } from '@nestjs/common';
import { getOptionsToken, getStorageToken } from '@nestjs/throttler';
import { Config } from '../../platform/config/index.js';
import { CountingStorage, Counters } from '../../platform/throttling/index.js';
import { limitsOf } from './limits.js';
import { LoginBackoff } from './login-limits.js';

/**
 * The limits of `@nestjs/throttler`, and its storage. The library's own module is global: with it, a
 * team's `@Throttle()` and `@SkipThrottle()` would change our limits, and ours would change theirs.
 */
@Module({
  providers: [
    { provide: getOptionsToken(), useFactory: limitsOf, inject: [Config] },
    {
      provide: getStorageToken(),
      useFactory: (counters: Counters) => new CountingStorage(counters),
      inject: [Counters],
    },
    LoginBackoff,
  ],
  exports: [getOptionsToken(), getStorageToken(), LoginBackoff],
})
export class LimitsModule {}
