import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Config } from '../config/index.js';
import { dataSourceOptions } from './data-source-options.js';
import { impatientDriver, STATEMENT_TIMEOUT } from './impatient-pool.js';
import { migrate } from './migrate.js';
import { isDatabaseOutage } from './outage.js';
import { PoolMonitor } from './pool.monitor.js';
import { Statements } from './statements.js';
import { Sweeps } from './sweeps.js';

/** TypeORM on PostgreSQL, with the schema brought up to date before anything else runs. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: ({ database }: Config) => ({
        ...dataSourceOptions(database.url),
        poolSize: database.poolSize,
        driver: impatientDriver,
        extra: database.directUrl === database.url ? STATEMENT_TIMEOUT : {},
        autoLoadEntities: true,
        retryAttempts: 10,
        retryDelay: 1000,
        toRetry: isDatabaseOutage,
        directUrl: database.directUrl,
      }),
      dataSourceFactory: async (options) => {
        const { directUrl, ...rest } = options as DataSourceOptions & { directUrl: string };
        await migrate(directUrl);
        return new DataSource(rest).initialize();
      },
    }),
  ],
  providers: [Statements, Sweeps, PoolMonitor],
  exports: [Statements, Sweeps],
})
export class DatabaseModule {}
