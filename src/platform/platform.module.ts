import { Global, Module, type DynamicModule } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import { Clock } from './clock/index.js';
import { Config } from './config/index.js';
import { DatabaseModule } from './database/index.js';
import { SecurityEvents } from './events/index.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';

/** What every feature stands on, injectable everywhere: configuration, clock, database, events, metrics. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(config: Config, clock: Clock): DynamicModule {
    return {
      module: PlatformModule,
      imports: [DatabaseModule, ScheduleModule.forRoot(), EventEmitterModule.forRoot({ wildcard: true })],
      controllers: [HealthController, MetricsController],
      providers: [{ provide: Config, useValue: config }, { provide: Clock, useValue: clock }, Metrics, Readiness, SecurityEvents],
      exports: [Config, Clock, Metrics, Readiness, SecurityEvents],
    };
  }
}
