import type { DataSourceOptions } from 'typeorm';
import { PrimaryClient } from './connections/primary-client.js';
import type { Primary } from './connections/primary.js';
import { MIGRATIONS } from './migrations/index.js';

/**
 * What every connection of ours to PostgreSQL has in common. The schema changes by migrations
 * alone.
 */
export function dataSourceOptions(primary: Primary): DataSourceOptions & { type: 'postgres' } {
  return {
    type: 'postgres',
    // For the database's name; where to connect to is for the client to find out.
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
