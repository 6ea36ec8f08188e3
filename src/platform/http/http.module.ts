import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, DiscoveryModule, HttpAdapterHost } from '@nestjs/core';
import { ApiPaths } from './api-paths.js';
import { BodyDeadlines } from './body-deadlines.js';
import { ConnectionBounds } from './connection-bounds.js';
import { Cors } from './cors.js';
import { GatewayFilter } from './gateway-filter.js';
import { createHooks, HttpHooks } from './hooks/index.js';
import { PathAliases } from './path-aliases.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestBodies } from './request-bodies.js';
import { RequestContexts } from './request-contexts.js';
import { UrlLimit } from './request-limits.js';
import { RequestMetrics } from './request-metrics.js';
import { ResponseHeaders } from './response-headers.js';
import { ServerSettings } from './server-settings.js';
import { TrustedProxies } from './trusted-proxies.js';
import { DtoPipe } from './validation.pipe.js';
import { WellFormedRequests } from './well-formed-requests.js';

/** What runs for every request. Each provider adds its own hooks. */
@Module({})
export class HttpModule {
  static forRoot(paths: ApiPaths): DynamicModule {
    return {
      module: HttpModule,
      imports: [DiscoveryModule],
      providers: [
        { provide: ApiPaths, useValue: paths },
        { provide: HttpHooks, inject: [HttpAdapterHost], useFactory: createHooks },
        RequestContexts,
        PathAliases,
        ResponseHeaders,
        Cors,
        WellFormedRequests,
        ConnectionBounds,
        BodyDeadlines,
        ServerSettings,
        TrustedProxies,
        UrlLimit,
        RequestBodies,
        RequestMetrics,
        GatewayFilter,
        ProblemFilter,
        DtoPipe,
        { provide: APP_PIPE, useExisting: DtoPipe },
        { provide: APP_FILTER, useExisting: ProblemFilter },
      ],
      exports: [HttpHooks, ApiPaths, RequestBodies, RequestContexts, ProblemFilter, DtoPipe],
    };
  }
}
