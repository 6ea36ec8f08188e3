import { setTimeout as pause } from 'node:timers/promises';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { PrimaryClient } from './connections/primary-client.js';
import type { Primary } from './connections/primary.js';
import { dataSourceOptions } from './data-source-options.js';

/** Any number that nobody else uses on this database: "evergrn" in ASCII. */
const MIGRATION_LOCK = '28559150730932846';

const LOCK_AGAIN_AFTER_MS = 50;

/** A migration may take long, whatever limits are set for the role. */
const WITHOUT_LIMITS =
  '-c lock_timeout=0 -c statement_timeout=0 -c idle_in_transaction_session_timeout=0';

/**
 * A statement that waits for a table's lock makes all later ones wait, too: one long query and a
 * migration that waits for it would stop every request. So a migration that does not get its lock
 * within a second fails, and is retried.
 */
const SHORT_LOCK_WAIT = '-c lock_timeout=1s';

/**
 * Brings the schema up to date. Several instances may start at the same time: one migrates, the
 * others wait for it and then have nothing to do.
 *
 * @param primary the direct one: the lock belongs to the connection, which a transaction-mode
 * pooler would share with other clients
 * @throws if a migration did not get its lock in time (`isDatabaseOutage` is true of the error);
 * the migrations before it are done
 */
export async function migrate(primary: Primary): Promise<void> {
  const lock = new PrimaryClient({ primary, options: WITHOUT_LIMITS });
  const dataSource = new DataSource(migrationOptions(primary));
  try {
    await lock.connect();
    await take(lock);
    await dataSource.initialize();
    await dataSource.runMigrations();
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await lock.end();
  }
}

/**
 * Polls, since a statement that waits for a lock holds a snapshot: `CREATE INDEX CONCURRENTLY` in
 * the migrating instance would wait for that snapshot, and both would wait for ever.
 */
async function take(lock: PrimaryClient): Promise<void> {
  for (;;) {
    const { rows } = await lock.query<{ isMine: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS "isMine"',
      [MIGRATION_LOCK],
    );
    if (rows[0]?.isMine) return;
    await pause(LOCK_AGAIN_AFTER_MS);
  }
}

/**
 * Options of a data source that migrates. Each migration is a separate transaction, so that none
 * holds the locks of the ones before it.
 */
export function migrationOptions(primary: Primary): DataSourceOptions {
  const options = dataSourceOptions(primary);
  const extra = { ...(options.extra as object), options: `${WITHOUT_LIMITS} ${SHORT_LOCK_WAIT}` };
  return { ...options, poolSize: 1, migrationsTransactionMode: 'each', extra };
}
