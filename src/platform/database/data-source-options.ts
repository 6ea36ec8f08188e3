import type { DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from './migrations/index.js';

/** What every connection of ours to PostgreSQL has in common. The schema changes by migrations alone. */
export function dataSourceOptions(url: string): DataSourceOptions & { type: 'postgres' } {
  return {
    type: 'postgres',
    url,
    applicationName: 'evergreen-auth',
    migrations: MIGRATIONS,
    migrationsTableName: 'evergreen_migrations',
    synchronize: false,
    // Identifiers are UUID v7 and made in the application.
    installExtensions: false,
  };
}
