export { DatabaseModule } from './database.module.js';
export { databaseNow, fromEpochMs, toEpochMs } from './database-clock.js';
export { dataSourceOptions } from './data-source-options.js';
export { isDatabaseOutage } from './outage.js';
export { queryChannel, type ToldQuery } from './query-channel.js';
export { migrate } from './migrate.js';
export { Sweeps } from './sweeps.js';
export { Statements, type Statement } from './statements.js';
