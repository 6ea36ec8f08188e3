import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { TokensModule } from '../tokens/tokens.module.js';
import { AccessStrategy } from './access.strategy.js';
import { OwnPassport } from './own-passport.js';
import { RefreshStrategy } from './refresh.strategy.js';

/** The Passport strategies, which verify tokens. */
@Module({
  imports: [PassportModule, TokensModule],
  providers: [OwnPassport, AccessStrategy, RefreshStrategy],
  exports: [OwnPassport, AccessStrategy],
})
export class StrategiesModule {}
