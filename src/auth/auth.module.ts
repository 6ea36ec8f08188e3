import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { Config } from '../platform/config/index.js';
import { SessionsModule } from '../sessions/index.js';
import { UsersModule } from '../users/index.js';
import { AccountPseudonyms } from './account-pseudonyms.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { AccessGuard } from './guards/access.guard.js';
import { RenewTokenInterceptor } from './interceptors/renew-token.interceptor.js';
import { PresentedRefreshToken } from './http/presented-refresh-token.js';
import { TokenAnswers } from './http/token-answers.js';
import { RenewalService } from './renewal.service.js';
import { AccessStrategy } from './strategies/access.strategy.js';
import { RefreshStrategy } from './strategies/refresh.strategy.js';
import { KeyFile } from './tokens/keys/key-file.js';
import { TokenKeys } from './tokens/token-keys.js';
import { TokenService } from './tokens/token.service.js';
import { WellKnownController } from './well-known.controller.js';

/** Who is calling. Every route of the application is closed by its guard, unless marked `@Public()`. */
@Module({
  imports: [PassportModule, JwtModule.register({}), UsersModule, SessionsModule],
  controllers: [AuthController, WellKnownController],
  providers: [
    AuthService,
    AccountPseudonyms,
    TokenService,
    TokenAnswers,
    PresentedRefreshToken,
    TokenKeys,
    { provide: KeyFile, useFactory: (config: Config) => KeyFile.open(config), inject: [Config] },
    AccessStrategy,
    RefreshStrategy,
    RenewalService,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: RenewTokenInterceptor },
  ],
  exports: [AuthService],
})
export class AuthModule {}
