/**
 * The time limits between a request and PostgreSQL. Each inner limit is shorter than the next outer
 * one, so that a failure is reported by the most specific limit:
 *
 * 1. a lock, `PIPELINE_LOCK_WITHIN_MS` and then `LOCK_WITHIN_MS`: the server cancels the statement
 *    with an error that says so;
 * 2. a statement, `STATEMENT_WITHIN_MS`: the server cancels it, and the connection stays open;
 * 3. a response, `RESPONSE_WITHIN_MS`: the connection counts as dead and is closed.
 *
 * A statement may first wait for a connection (`CONNECTION_WITHIN_MS`), during which the primary is
 * located (`PRIMARY_RESPONSE_WITHIN_MS`). A request about a locked row waits for its turn
 * (`LOCK_QUEUE_WITHIN_MS`), then for a connection, then for the lock: together 5 s, as long as for
 * a server that does not respond.
 */

/** The time limit for one of several servers to report whether it is the primary. */
export const PRIMARY_RESPONSE_WITHIN_MS = 1000;

/** How long a request may wait for a connection, and a connection for the server. */
export const CONNECTION_WITHIN_MS = 2000;

/**
 * How long a statement on a pipeline may wait for a lock, since all statements after it wait too.
 * Then it fails without effect (`isLockRefused`), and may wait on another connection.
 */
export const PIPELINE_LOCK_WITHIN_MS = 50;

/** How long a statement may wait for a lock; our statements hold locks for milliseconds. */
export const LOCK_WITHIN_MS = 1000;

/** How long a statement about a locked row may wait until it is its turn to wait for the lock. */
export const LOCK_QUEUE_WITHIN_MS = 2000;

/**
 * How long a row counts as locked after a statement failed on its lock. Statements about it do not
 * use a pipeline meanwhile, where each would delay the statements after it.
 */
export const ROW_COUNTS_AS_LOCKED_MS = 1000;

/** How long the server may work on one statement; all our statements take milliseconds. */
export const STATEMENT_WITHIN_MS = 4000;

/**
 * A connection in use without a response for longer counts as dead, even if TCP reports no error:
 * the network may drop packets. On a pipeline, all waiting statements fail with it.
 */
export const RESPONSE_WITHIN_MS = 5000;

/**
 * The limits that the server itself enforces, so that it does not work on for a request that
 * already has its response. A pooler does not accept these parameters: behind it they are settings
 * of the role (deploy/pgbouncer/pgbouncer.ini).
 */
export const SERVER_LIMITS = {
  statement_timeout: STATEMENT_WITHIN_MS,
  lock_timeout: LOCK_WITHIN_MS,
  idle_in_transaction_session_timeout: STATEMENT_WITHIN_MS,
};
