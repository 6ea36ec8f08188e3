/**
 * How long anything between a request and PostgreSQL may take. Whoever is to fail fails by the most
 * exact of these limits, so each is shorter than the next one around it:
 *
 * 1. a lock, `PIPELINE_LOCK_WITHIN_MS` and then `LOCK_WITHIN_MS`: the server refuses it, and the
 *    error says so;
 * 2. a statement, `STATEMENT_WITHIN_MS`: the server gives up on it, and the connection stays;
 * 3. an answer, `ANSWER_WITHIN_MS`: the connection counts as dead and is closed.
 *
 * Before a statement there may be a wait for a connection, `CONNECTION_WITHIN_MS`, in which the
 * primary is looked for (`PRIMARY_ANSWER_WITHIN_MS`). A request about a locked row waits first for
 * its turn (`LOCK_QUEUE_WITHIN_MS`), then for a connection, then for the lock: 5 s together, as long
 * as for a server that is silent.
 */

/** How long one of several servers may take to say whether it is the primary. */
export const PRIMARY_ANSWER_WITHIN_MS = 1000;

/** How long a request may wait for a connection, and a connection for the server. */
export const CONNECTION_WITHIN_MS = 2000;

/**
 * How long a statement on a pipeline may wait for a lock. It has all wait that were sent behind it.
 * It is refused then, has done nothing (`isLockRefused`), and may wait elsewhere.
 */
export const PIPELINE_LOCK_WITHIN_MS = 50;

/** How long a statement may wait for a lock; ours hold theirs for milliseconds. */
export const LOCK_WITHIN_MS = 1000;

/** How long a statement about a locked row may wait until it is its turn to wait for the lock. */
export const LOCK_QUEUE_WITHIN_MS = 2000;

/**
 * For how long after a statement was refused the row that it was about counts as locked: others
 * about it do not try a pipeline, where each would hold up for a moment what is sent behind it.
 */
export const ROW_COUNTS_AS_LOCKED_MS = 1000;

/** How long the server may work on one statement; all of ours take milliseconds. */
export const STATEMENT_WITHIN_MS = 4000;

/**
 * A connection in use that is silent for longer is dead, whatever TCP believes: packets are dropped
 * somewhere between. On a pipeline all are lost that wait behind.
 */
export const ANSWER_WITHIN_MS = 5000;

/**
 * Lets the server itself give up on a statement, so that nothing waits or works on for a request
 * that was answered long ago. Not through a pooler, which takes no such parameters: there it is a
 * setting of the role (deploy/pgbouncer/pgbouncer.ini).
 */
export const SERVER_LIMITS = {
  statement_timeout: STATEMENT_WITHIN_MS,
  lock_timeout: LOCK_WITHIN_MS,
  idle_in_transaction_session_timeout: STATEMENT_WITHIN_MS,
};
