export { DatabaseModule } from './database.module.js';
export { databaseNow, fromEpochMs, toEpochMs } from './database-clock.js';
export { isDatabaseOutage } from './outage.js';
export { migrate, migrationOptions } from './migrate.js';
export { Primaries } from './primaries.js';
export { NoPrimaryError, Primary } from './primary.js';
export { PrimaryClient } from './primary-client.js';
export { Statements, type Statement } from './statements.js';
