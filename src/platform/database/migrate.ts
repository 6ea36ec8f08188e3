import { setTimeout as pause } from 'node:timers/promises';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { PrimaryClient } from './connections/primary-client.js';
import type { Primary } from './connections/primary.js';
import { dataSourceOptions } from './data-source-options.js';

/** Any number that nobody else uses on this database: "evergrn" in ASCII. */
const MIGRATION_LOCK = '28559150730932846';

const LOCK_AGAIN_AFTER_MS = 50;

/** A migration may take its time, whatever is set for the role. */
const PATIENT = '-c lock_timeout=0 -c statement_timeout=0 -c idle_in_transaction_session_timeout=0';

/**
 * Whoever waits for a table's lock keeps all who come later waiting, too, so that one long query
 * and a migration behind it would stop every request. A migration that does not get its lock at
 * once fails, and is tried again.
 */
const YIELDING = '-c lock_timeout=1s';

/**
 * Brings the schema up to date. Several instances may start together: one migrates, the others wait
 * for it and find nothing to do.
 *
 * @param primary reached directly; the lock belongs to the connection, which a transaction-mode
 * pooler would share out
 * @throws where a migration did not get its lock in time (an outage in the sense of
 * `isDatabaseOutage`); those before it are done
 */
export async function migrate(primary: Primary): Promise<void> {
  const lock = new PrimaryClient({ primary, options: PATIENT });
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
 * Asks again and again: a statement that waits for a lock holds a snapshot, and a `CREATE INDEX
 * CONCURRENTLY` of the one that migrates would wait for it, and so for ever.
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
 * For whoever migrates. Each migration is a transaction of its own, so that none holds the locks of
 * those before it.
 */
export function migrationOptions(primary: Primary): DataSourceOptions {
  const options = dataSourceOptions(primary);
  const extra = { ...(options.extra as object), options: `${PATIENT} ${YIELDING}` };
  return { ...options, poolSize: 1, migrationsTransactionMode: 'each', extra };
}
