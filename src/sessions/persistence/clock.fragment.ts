import { databaseNow, toEpochMs } from '../../platform/database/index.js';

/**
 * SQL of a sub-query that reads the database's clock once: `clock.now`, and in epoch milliseconds
 * `clock.now_ms`.
 */
export const clock = (offsetMs: string): string =>
  `(SELECT at AS now, ${toEpochMs('at')}::bigint AS now_ms FROM (SELECT ${databaseNow(offsetMs)} AS at) AS reading) AS clock`;
