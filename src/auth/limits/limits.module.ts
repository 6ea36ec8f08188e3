import { Module } from '@nestjs/common';
import { getOptionsToken, getStorageToken } from '@nestjs/throttler';
import { Config } from '../../platform/config/index.js';
import { CountingStorage, Counters } from '../../platform/throttling/index.js';
import { limitsOf } from './limits.js';
import { LoginBackoff } from './login-limits.js';

/**
 * What `@nestjs/throttler` limits, and how it counts. Not by its own module, which is a global one:
 * a team's `@Throttle()` and `@SkipThrottle()` would speak of our limits then, and ours of theirs.
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
