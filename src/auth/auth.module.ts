import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { Config } from '../platform/config/index.js';
import { Counters } from '../platform/throttling/index.js';
import { SessionsModule } from '../sessions/index.js';
import { UsersModule } from '../users/index.js';
import { AccountPseudonyms } from './account-pseudonyms.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { AccessGuard } from './guards/access.guard.js';
import { RefreshGuard } from './guards/refresh.guard.js';
import { PresentedRefreshToken } from './http/presented-refresh-token.js';
import { TokenAnswers } from './http/token-answers.js';
import { limits } from './limits/limits.js';
import { LoginBackoff } from './limits/login-backoff.js';
import { SessionLimitGuard, UnknownTokenLimitGuard } from './limits/refresh-limit.guards.js';
import { RenewalService } from './renewal.service.js';
import { KeyFile } from './tokens/keys/key-file.js';
import { TokenKeys } from './tokens/token-keys.js';
import { TokenService } from './tokens/token.service.js';
import { TokenVerifier } from './tokens/token-verifier.js';
import { VerifiedTokens } from './tokens/verified-tokens.js';
import { WellKnownController } from './well-known.controller.js';

/**
 * Who is calling. Every route of the application is closed by its guard, unless marked `@Public()`.
 */
@Module({
  imports: [
    ThrottlerModule.forRootAsync({ useFactory: limits, inject: [Config, Counters] }),
    UsersModule,
    SessionsModule,
  ],
  controllers: [AuthController, WellKnownController],
  providers: [
    AuthService,
    AccountPseudonyms,
    TokenService,
    TokenAnswers,
    PresentedRefreshToken,
    TokenKeys,
    TokenVerifier,
    VerifiedTokens,
    { provide: KeyFile, useFactory: (config: Config) => KeyFile.open(config), inject: [Config] },
    RenewalService,
    RefreshGuard,
    SessionLimitGuard,
    UnknownTokenLimitGuard,
    LoginBackoff,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AuthService],
})
export class AuthModule {}
