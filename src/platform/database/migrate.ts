import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source-options.js';
import type { Primary } from './primary.js';

/** Any number that nobody else uses on this database: "evergrn" in ASCII. */
const MIGRATION_LOCK = '28559150730932846';

/**
 * Brings the schema up to date. Several instances may start together: one migrates, the others wait for it and find nothing to do.
 *
 * @param primary reached directly; the lock belongs to the connection, which a transaction-mode pooler would share out
 */
export async function migrate(primary: Primary): Promise<void> {
  const dataSource = await new DataSource({ ...dataSourceOptions(primary), poolSize: 2 }).initialize();
  try {
    const lock = dataSource.createQueryRunner();
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations({ transaction: 'all' });
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
  } finally {
    await dataSource.destroy();
  }
}
