import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Config } from '../../platform/config/index.js';
import { KeyFile } from './keys/key-file.js';
import { TokenKeys } from './token-keys.js';
import { TokenService } from './token.service.js';
import { VerifiedTokens } from './verified-tokens.js';

/** Keys, signing and claims of tokens. */
@Module({
  imports: [JwtModule.register({})],
  providers: [
    { provide: KeyFile, useFactory: (config: Config) => KeyFile.open(config), inject: [Config] },
    TokenKeys,
    TokenService,
    VerifiedTokens,
  ],
  exports: [TokenKeys, TokenService, VerifiedTokens],
})
export class TokensModule {}
