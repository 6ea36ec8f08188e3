import {
  Global,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import type { Logger } from 'pino';
import { Clock } from './clock/index.js';
import { Config } from './config/index.js';
import { ConfiguredTokens } from './configured-tokens/index.js';
import { DatabaseModule } from './database/index.js';
import { SecurityEvents } from './events/index.js';
import { DatabaseProbe } from './health/database-probe.js';
import { HealthController } from './health/health.controller.js';
import { HttpModule } from './http/http.module.js';
import type { ApiPaths } from './http/index.js';
import { createLogger, LOGGER, NestLogger, RequestLog } from './logging/index.js';
import { MetricsServer } from './metrics/metrics-server.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';
import { Readiness } from './readiness/index.js';
import { Counters } from './throttling/counters.js';
import { createCounters } from './throttling/create-counters.js';
import { RateLimitRejections } from './throttling/rate-limit-rejections.js';
import { tracing } from './tracing/index.js';

/** Where the configuration comes from; `imports` and `inject` as in Nest's asynchronous modules. */
export interface ConfigSource extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<Config | Promise<Config>>['useFactory'];
}

export interface PlatformOptions {
  readonly config: ConfigSource;
  readonly paths: ApiPaths;
  /** The name of TypeORM's data source. */
  readonly dataSource: string;
  /** The entities of all features. */
  readonly entities: readonly Type[];
  /** A clock that tests can move. */
  readonly clock?: Clock;
  /** Logs requests; without it, the logger is made from the configuration. A command has none. */
  readonly logger?: Logger | 'none';
}

/**
 * What every feature uses, injectable everywhere: configuration, clock, database, events, metrics,
 * counters.
 */
@Global()
@Module({})
export class PlatformModule {
  static forRoot({ config, paths, clock, logger, ...database }: PlatformOptions): DynamicModule {
    const logging = logger === 'none' ? [] : loggingBy(logger);
    return {
      module: PlatformModule,
      imports: [
        ...(config.imports ?? []),
        DatabaseModule.forRoot(database),
        EventEmitterModule.forRoot({ wildcard: true }),
        HttpModule.forRoot(paths),
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: Config, inject: config.inject ?? [], useFactory: config.useFactory },
        { provide: Clock, useValue: clock ?? new Clock() },
        { provide: Counters, useFactory: createCounters, inject: [Config, Clock, Metrics] },
        Metrics,
        MetricsServer,
        ...logging,
        DatabaseProbe,
        Readiness,
        RateLimitRejections,
        ConfiguredTokens,
        SecurityEvents,
        tracing,
      ],
      exports: [
        HttpModule,
        Config,
        Clock,
        Counters,
        HttpModule,
        Metrics,
        Readiness,
        RateLimitRejections,
        ConfiguredTokens,
        SecurityEvents,
        ...logging,
      ],
    };
  }
}

function loggingBy(logger: Logger | undefined) {
  const root: FactoryProvider<Logger | Promise<Logger>> = {
    provide: LOGGER,
    inject: [Config],
    useFactory: (config: Config) => logger ?? createLogger(config),
  };
  const forNest: FactoryProvider<NestLogger> = {
    provide: NestLogger,
    inject: [LOGGER],
    useFactory: (made: Logger) => new NestLogger(made),
  };
  return [root, forNest, RequestLog];
}
