import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
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
import { DatabaseTime } from './database-time.js';
import { migrate } from './migrate.js';
import { Statements } from './statements.js';
import { Sweeps } from './sweeps.js';

/** TypeORM on PostgreSQL, with the schema brought up to date before anything else runs. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config, Primaries],
      useFactory: (config: Config, primaries: Primaries) => {
        const { pooled, direct } = primaries;
        const options = dataSourceOptions(pooled);
        return {
          ...options,
          poolSize: config.database.poolSize - pipelinesAmong(config, primaries),
          driver: limitedDriver,
          extra: { ...(options.extra as object), ...(pooled === direct && SERVER_LIMITS) },
          autoLoadEntities: true,
          retryAttempts: 10,
          retryDelay: 1000,
          toRetry: isDatabaseOutage,
          migratedThrough: direct,
        };
      },
      dataSourceFactory: async (options) => {
        const { migratedThrough, ...rest } = options as DataSourceOptions & {
          migratedThrough: Primary;
        };
        await migrate(migratedThrough);
        return new DataSource(rest).initialize();
      },
    }),
  ],
  providers: [DatabaseTime, Pipelines, PoolMonitor, Primaries, Statements, Sweeps],
  exports: [DatabaseTime, Primaries, Statements, Sweeps],
})
export class DatabaseModule {}
