import { Global, Module, type DynamicModule } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { Clock } from './clock/index.js';
import { Config } from './config/index.js';
import { DatabaseModule } from './database/index.js';
import { SecurityEvents } from './events/index.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { MetricsServer } from './metrics/metrics-server.js';
import { Metrics } from './metrics/metrics.js';
import { Counters } from './throttling/counters.js';
import { createCounters } from './throttling/create-counters.js';
import { Refusals } from './throttling/refusals.js';

/**
 * What every feature stands on, injectable everywhere: configuration, clock, database, events,
 * metrics, counters.
 */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(config: Config, clock: Clock): DynamicModule {
    const hasMetricsPort = config.metricsPort !== undefined;
    return {
      module: PlatformModule,
      imports: [DatabaseModule, EventEmitterModule.forRoot({ wildcard: true })],
      controllers: [HealthController, ...(hasMetricsPort ? [] : [MetricsController])],
      providers: [
        { provide: Config, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: Counters, useFactory: createCounters, inject: [Config, Clock, Metrics] },
        Metrics,
        ...(hasMetricsPort ? [MetricsServer] : []),
        Readiness,
        Refusals,
        SecurityEvents,
      ],
      exports: [Config, Clock, Counters, Metrics, Readiness, Refusals, SecurityEvents],
    };
  }
}
