import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ResponseHeaders } from './response-headers.js';
import { ConnectionBounds } from './connection-bounds.js';
import { Cors } from './cors.js';
import { JsonBodies } from './json-body.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestContexts } from './request-context.js';
import { UrlLimit } from './request-limits.js';
import { RequestMetrics } from './request-metrics.js';
import { DtoPipe } from './validation.pipe.js';
import { WellFormedRequests } from './well-formed-requests.js';

/** What runs for every request. Each provider adds its own hook to the server. */
@Module({
  providers: [
    RequestContexts,
    ResponseHeaders,
    Cors,
    WellFormedRequests,
    ConnectionBounds,
    UrlLimit,
    JsonBodies,
    RequestMetrics,
    { provide: APP_PIPE, useClass: DtoPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class HttpModule {}
