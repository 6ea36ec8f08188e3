import { MAX_ACCESS_SECONDS, MAX_CLOCK_TOLERANCE_SECONDS } from '../../platform/config/index.js';
import { databaseNow, toEpochMs, type Statement } from '../../platform/database/index.js';

/**
 * The channel that notifies every instance of new revocations. Notices are empty: any role that may
 * connect can send one, so their content would prove nothing. The trigger for deleted sessions
 * sends them, too.
 */
export const CHANNEL = 'evergreen_revocations_written';

/** Within a transaction, PostgreSQL sends equal notices once. */
export const ANNOUNCE: Statement = {
  name: 'announce_revocations',
  text: `SELECT pg_notify('${CHANNEL}', '')`,
};

/** The `application_name` of listening connections. */
export const LISTENER_NAME = 'evergreen-revocations';

/**
 * How long a revocation is kept: no access token is accepted for longer, whatever the
 * configuration.
 */
export const REMEMBERED_SECONDS = MAX_ACCESS_SECONDS + MAX_CLOCK_TOLERANCE_SECONDS;

const REMEMBERED_FOR = `interval '${REMEMBERED_SECONDS} seconds'`;

/**
 * SQL of a sub-query that adds the sessions that a statement has revoked to the blacklist.
 *
 * @param revoked name of a sub-query with the columns `id`, `user_id`, `lowest_epoch` and `now`
 */
export const listRevocations = (revoked: string): string => `
  listed AS (
    INSERT INTO revocations (transaction_id, session_id, user_id, lowest_epoch, expires_at)
    SELECT pg_current_xact_id()::text::bigint, id, user_id, lowest_epoch, now + ${REMEMBERED_FOR} FROM ${revoked}
  )`;

/** SQL of the columns of a `RevocationNotice`, one row for each session. */
export const revocationOf = (revoked: string): string => `
  ${revoked}.id AS "sessionId", ${revoked}.user_id AS "userId", ${revoked}.lowest_epoch AS "lowestEpoch"`;

/** SQL: the next live rows of the blacklist after transaction `$1` and session `$2`. */
const nextPage = (condition: string): string => `(
        SELECT * FROM revocations
        WHERE ${condition} AND (transaction_id, session_id) > ($1::bigint, $2::uuid) AND expires_at > mark.now
        ORDER BY transaction_id, session_id LIMIT $3
      )`;

/**
 * SQL: the run of a primary, so that its numbers of transactions mean one thing: each promotion
 * begins a new timeline, and a server that was restored, or has lost its last transactions in a
 * crash, was started later. Null on a replica.
 */
const ORIGIN = `CASE WHEN NOT pg_is_in_recovery() THEN
  left(pg_walfile_name(pg_current_wal_lsn()), 8) || to_hex((extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint) END`;

/** The `origin` of a `Mark`. */
export const READ_ORIGIN: Statement = { name: 'read_origin', text: `SELECT ${ORIGIN} AS origin` };

/**
 * A read of the blacklist, which starts at a mark.
 *
 * @param ofMark SQL of a further column of the mark, and its name
 */
const readRevocations = (name: string, ofMark?: { sql: string; column: string }): Statement => ({
  name,
  text: `
    SELECT mark.read_on AS "readOn", mark.is_replica AS "isReplica", ${toEpochMs('mark.now')} AS "nowMs",${ofMark ? ` mark.${ofMark.column},` : ''}
      r.transaction_id AS "transactionId", r.session_id AS "sessionId",
      r.user_id AS "userId", r.lowest_epoch AS "lowestEpoch", (extract(epoch FROM r.expires_at - mark.now) * 1000)::float8 AS "expiresInMs"
    FROM (
      SELECT pg_current_snapshot()::text AS read_on, pg_is_in_recovery() AS is_replica, ${databaseNow('$4')} AS now${ofMark ? `, ${ofMark.sql} AS ${ofMark.column}` : ''}
    ) AS mark
    LEFT JOIN LATERAL (
      SELECT * FROM (
        SELECT late.* FROM pg_snapshot_xip($5::pg_snapshot) AS running (id)
        CROSS JOIN LATERAL ${nextPage('transaction_id = running.id::text::bigint')} AS late
        UNION ALL
        ${nextPage('transaction_id >= (SELECT coalesce(pg_snapshot_xmax($5::pg_snapshot)::text::bigint, 0))')}
      ) AS unseen
      ORDER BY transaction_id, session_id LIMIT $3
    ) AS r ON true
    ORDER BY r.transaction_id, r.session_id`,
});

/**
 * A page of a read: the next `$3` live rows after transaction `$1` and session `$2` that the
 * snapshot `$5` of an earlier read did not contain; all rows if it is null. These are the rows of
 * transactions that were running at that snapshot, each looked up by its id, and of transactions
 * that began later. So transactions may commit in any order, and a transaction that stays open for
 * long does not make readers read rows twice.
 *
 * Each row also contains `readOn`, the snapshot of this read, and `nowMs`, the database's time in
 * epoch milliseconds including the offset `$4`. There is always at least one row, possibly with
 * nothing else.
 */
export const READ_REVOCATIONS = readRevocations('read_revocations');

/**
 * The same for a mark that somebody else has kept. `origin` is null if the server has not reached
 * that mark, so that it is none of this server.
 */
export const RESUME_REVOCATIONS = readRevocations('resume_revocations', {
  sql: `CASE WHEN pg_snapshot_xmax($5::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) THEN ${ORIGIN} END`,
  column: 'origin',
});

/** The size of the blacklist, and when it last grew. */
export const MEASURE_REVOCATIONS: Statement = {
  name: 'measure_revocations',
  text: `
    SELECT count(*)::int AS size, max(expires_at) - ${REMEMBERED_FOR} AS "newestAt"
    FROM revocations WHERE expires_at > (SELECT ${databaseNow('$1')})`,
};

/**
 * The connections that listen for revocations, one for each instance, and the time since the last
 * query of each.
 */
export const LIST_LISTENERS: Statement = {
  name: 'list_listeners',
  text: `
    SELECT host(client_addr) AS address, backend_start AS "connectedAt",
      extract(epoch FROM clock_timestamp() - query_start)::float8 AS "silentSeconds"
    FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = '${LISTENER_NAME}'
    ORDER BY backend_start`,
};

/** Any number that nobody else uses on this database: "evergbl" in ASCII. */
const SWEEP_LOCK = '28559150730928748';

/**
 * Deletes a batch of rows whose tokens have all expired. The lock allows one instance at a time.
 * The clock is read in a sub-query, since an index cannot be searched for a volatile expression.
 * The order makes the planner use that index, since it cannot estimate how many rows have expired.
 * Rows are never updated, so their `ctid` stays valid during the statement.
 */
export const DELETE_EXPIRED_REVOCATIONS: Statement = {
  name: 'delete_expired_revocations',
  text: `
    DELETE FROM revocations WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM revocations
      WHERE expires_at < (SELECT ${databaseNow('$1')}) AND (SELECT pg_try_advisory_xact_lock(${SWEEP_LOCK}))
      ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
    )) RETURNING session_id`,
};
