import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SessionsModule } from '../../sessions/index.js';
import { BoundSessionsModule } from '../bound-sessions/bound-sessions.module.js';
import { HooksModule } from '../hooks/hooks.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { RenewTokenInterceptor } from './renew-token.interceptor.js';
import { RenewalService } from './renewal.service.js';
import { RenewingRoutes } from './renewing-routes.js';

/** The renewal of access tokens: `X-New-Token`. */
@Module({
  imports: [BoundSessionsModule, DiscoveryModule, HooksModule, SessionsModule, TokensModule],
  providers: [RenewalService, RenewTokenInterceptor, RenewingRoutes],
  exports: [RenewalService],
})
export class RenewalModule {}
