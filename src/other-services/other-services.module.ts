import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { SessionsModule } from '../sessions/index.js';
import { FeedController } from './feed.controller.js';
import { FeedListeners } from './feed-listeners.js';
import { FeedMetrics } from './feed-metrics.js';
import { FeedSnapshots } from './feed-snapshots.js';
import { IntrospectionController } from './introspection.controller.js';
import { ServiceGuard } from './service.guard.js';

/**
 * Routes for the team's other services, which verify access tokens themselves. They exist only if
 * `SERVICE_TOKENS` is set.
 */
@Module({
  imports: [AuthModule, SessionsModule],
  controllers: [FeedController, IntrospectionController],
  providers: [ServiceGuard, FeedListeners, FeedMetrics, FeedSnapshots],
})
export class OtherServicesModule {}
