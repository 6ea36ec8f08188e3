import type { DataSourceOptions } from 'typeorm';
import { PrimaryClient } from './connections/primary-client.js';
import type { Primary } from './connections/primary.js';
import { MIGRATIONS } from './migrations/index.js';

/**
 * Options of every connection to PostgreSQL. Only migrations change the schema.
 */
export function dataSourceOptions(primary: Primary): DataSourceOptions & { type: 'postgres' } {
  return {
    type: 'postgres',
    // Only for the name of the database: `PrimaryClient` finds the server.
    url: primary.anyServer,
    extra: { Client: PrimaryClient, primary },
    applicationName: 'evergreen-auth',
    migrations: MIGRATIONS,
    migrationsTableName: 'evergreen_migrations',
    synchronize: false,
    // Identifiers are UUID v7 and made in the application.
    installExtensions: false,
  };
}
