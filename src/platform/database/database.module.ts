import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Config } from '../config/index.js';
import { isDatabaseOutage } from '../errors/index.js';
import { limitedDriver } from './connections/limited-pool.js';
import { Pipelines, pipelinesAmong } from './connections/pipelines.js';
import { PoolMonitor } from './connections/pool.monitor.js';
import { Primaries } from './connections/primaries.js';
import type { Primary } from './connections/primary.js';
import { SERVER_LIMITS } from './connections/time-limits.js';
import { dataSourceOptions } from './data-source-options.js';
import { DATABASE } from './database.token.js';
import { DatabaseTime } from './database-time.js';
import { migrate } from './migrate.js';
import { Statements } from './statements.js';
import { Sweeps } from './sweeps.js';

export interface DatabaseOptions {
  /** The name of the data source; an application may have others. */
  readonly dataSource: string;
  /** The entities of all features. */
  readonly entities: readonly Type[];
}

/** TypeORM on PostgreSQL, with the schema brought up to date before anything else runs. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot({ dataSource, entities }: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          name: dataSource,
          inject: [Config, Primaries],
          useFactory: (config: Config, primaries: Primaries) =>
            optionsOf(config, primaries, entities),
          dataSourceFactory: async (options) => {
            const { migratedThrough, ...rest } = options as DataSourceOptions & {
              migratedThrough: Primary;
            };
            await migrate(migratedThrough);
            return new DataSource(rest).initialize();
          },
        }),
      ],
      providers: [
        { provide: DATABASE, useExisting: getDataSourceToken(dataSource) },
        DatabaseTime,
        Pipelines,
        PoolMonitor,
        Primaries,
        Statements,
        Sweeps,
      ],
      exports: [DATABASE, DatabaseTime, Primaries, Statements, Sweeps],
    };
  }
}

function optionsOf(config: Config, primaries: Primaries, entities: readonly Type[]) {
  const { pooled, direct } = primaries;
  const options = dataSourceOptions(pooled);
  return {
    ...options,
    poolSize: config.database.poolSize - pipelinesAmong(config, primaries),
    driver: limitedDriver,
    extra: { ...(options.extra as object), ...(pooled === direct && SERVER_LIMITS) },
    entities: [...entities],
    // Those of a team that registers its entities with this data source.
    autoLoadEntities: true,
    retryAttempts: 10,
    retryDelay: 1000,
    toRetry: isDatabaseOutage,
    migratedThrough: direct,
  };
}
