import { Global, Module, type DynamicModule } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import type { Logger } from 'pino';
import { Clock } from './clock/index.js';
import { Config } from './config/index.js';
import { DatabaseModule } from './database/index.js';
import { SecurityEvents } from './events/index.js';
import { DatabaseProbe } from './health/database-probe.js';
import { HealthController } from './health/health.controller.js';
import { HttpModule } from './http/http.module.js';
import { LOGGER, RequestLog } from './logging/index.js';
import { MetricsServer } from './metrics/metrics-server.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';
import { Readiness } from './readiness/index.js';
import { Counters } from './throttling/counters.js';
import { createCounters } from './throttling/create-counters.js';
import { RateLimitRejections } from './throttling/rate-limit-rejections.js';
import { tracing } from './tracing/index.js';

/**
 * What every feature uses, injectable everywhere: configuration, clock, database, events, metrics,
 * counters.
 */
@Global()
@Module({})
export class PlatformModule {
  /** @param logger logs requests; a command has none */
  static forRoot(config: Config, clock: Clock, logger?: Logger): DynamicModule {
    const hasMetricsPort = config.metricsPort !== undefined;
    return {
      module: PlatformModule,
      imports: [DatabaseModule, EventEmitterModule.forRoot({ wildcard: true }), HttpModule],
      controllers: [HealthController, ...(hasMetricsPort ? [] : [MetricsController])],
      providers: [
        { provide: Config, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: Counters, useFactory: createCounters, inject: [Config, Clock, Metrics] },
        Metrics,
        ...(hasMetricsPort ? [MetricsServer] : []),
        ...(logger ? [{ provide: LOGGER, useValue: logger }, RequestLog] : []),
        DatabaseProbe,
        Readiness,
        RateLimitRejections,
        SecurityEvents,
        tracing,
      ],
      exports: [
        HttpModule,
        Config,
        Clock,
        Counters,
        Metrics,
        Readiness,
        RateLimitRejections,
        SecurityEvents,
        ...(logger ? [LOGGER] : []),
      ],
    };
  }
}
