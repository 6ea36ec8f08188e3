import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SessionsModule } from '../../sessions/index.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { RenewTokenInterceptor } from './renew-token.interceptor.js';
import { RenewalService } from './renewal.service.js';
import { RenewingRoutes } from './renewing-routes.js';

/** The renewal of access tokens: `X-New-Token`. */
@Module({
  imports: [DiscoveryModule, SessionsModule, TokensModule],
  providers: [RenewalService, RenewTokenInterceptor, RenewingRoutes],
  exports: [RenewalService],
})
export class RenewalModule {}
