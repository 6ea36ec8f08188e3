import { databaseNow, type Statement } from '../../platform/database/index.js';

/*
 * An account is deleted from the tables of all features. That is said here once, and not by each of
 * them: the order matters, and the last step is one transaction. Whatever else belongs to a user goes
 * with the row of `users`, by its foreign keys.
 */

/** SQL of a sub-query that reads the database's clock once. */
const clock = (offsetMs: string): string => `(SELECT ${databaseNow(offsetMs)} AS now) AS clock`;

/**
 * Remembers that the rows of a user must go, whatever becomes of this process. No row if that is
 * known already.
 */
export const BEGIN_DELETION: Statement = {
  name: 'begin_deletion',
  text: `
    INSERT INTO unfinished_deletions (user_id, began_at) SELECT $1, clock.now FROM ${clock('$2')}
    ON CONFLICT DO NOTHING RETURNING user_id`,
};

/** Users whose deletion has been unfinished for a minute, such as after a crash. */
export const LIST_UNFINISHED_DELETIONS: Statement = {
  name: 'list_unfinished_deletions',
  text: `
    SELECT user_id AS "userId" FROM unfinished_deletions, ${clock('$1')}
    WHERE began_at < clock.now - interval '1 minute' ORDER BY began_at LIMIT 100`,
};

/**
 * Deletes at most `$2` rows of a user. Rows that somebody else has locked go with the user.
 */
const deletionOfSome = (table: string): Statement => ({
  name: `delete_${table}_of_user`,
  text: `
    DELETE FROM ${table} WHERE id = ANY (ARRAY(
      SELECT id FROM ${table} WHERE user_id = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
    )) RETURNING id`,
});

/**
 * The tables in which a user may have very many rows, or whose rows others lock in the order of ids:
 * with the row of the user, they would be locked in another one.
 */
export const DELETE_SOME: readonly Statement[] = [
  deletionOfSome('sessions'),
  deletionOfSome('security_events'),
  deletionOfSome('proofs'),
];

/** With everything that refers to the row. It waits for events that are being recorded. */
export const DELETE_USER: Statement = {
  name: 'delete_user',
  text: `DELETE FROM users WHERE id = $1`,
};

/** What was recorded while the rows were deleted in steps. */
export const DELETE_LAST_EVENTS: Statement = {
  name: 'delete_last_events',
  text: `DELETE FROM security_events WHERE user_id = $1`,
};

/**
 * The sessions stay in the blacklist until all their access tokens have expired, but of nobody. Rows
 * have no index by user; there are as many as sessions ended within a day.
 */
export const FORGET_USER_OF_REVOCATIONS: Statement = {
  name: 'forget_user_of_revocations',
  text: `UPDATE revocations SET user_id = $2 WHERE user_id = $1`,
};
