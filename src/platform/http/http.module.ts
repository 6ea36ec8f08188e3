import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BodyDeadlines } from './body-deadlines.js';
import { ResponseHeaders } from './response-headers.js';
import { ConnectionBounds } from './connection-bounds.js';
import { Cors } from './cors.js';
import { GatewayFilter } from './gateway-filter.js';
import { JsonBodies } from './json-body.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestContexts } from './request-context.js';
import { UrlLimit } from './request-limits.js';
import { RequestMetrics } from './request-metrics.js';
import { DtoPipe } from './validation.pipe.js';
import { WellFormedRequests } from './well-formed-requests.js';

/**
 * What runs for every request. Most providers add a hook of their own to the server; `app.setup.ts`
 * makes the pipe and the filter global.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    RequestContexts,
    ResponseHeaders,
    Cors,
    WellFormedRequests,
    ConnectionBounds,
    BodyDeadlines,
    UrlLimit,
    JsonBodies,
    RequestMetrics,
    GatewayFilter,
    DtoPipe,
    ProblemFilter,
  ],
  exports: [DtoPipe, ProblemFilter],
})
export class HttpModule {}
