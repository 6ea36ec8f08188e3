import { toEpochMs, type Statement } from '../platform/database/index.js';

/** As many sign-ins are looked at; older ones are history. */
const REMEMBERED_SIGN_INS = 1000;

/** From where a user has signed in before a certain event, and when last from each place. */
export const READ_PLACES: Statement = {
  name: 'read_places',
  text: `
    SELECT fingerprint, network, ${toEpochMs('max(occurred_at)')} AS "lastSeenAt"
    FROM (
      SELECT fingerprint, network, occurred_at FROM security_events
      WHERE user_id = $1 AND id < $2 AND type IN ('registered', 'login_succeeded')
      ORDER BY id DESC LIMIT ${REMEMBERED_SIGN_INS}
    ) AS sign_ins
    GROUP BY fingerprint, network`,
};

/** Any number that nobody else uses on this database: "evergev" in ASCII. */
const SWEEP_LOCK = '28559150730929526';

/**
 * Deletes a batch of the oldest rows, those with ids below `$1`. The lock lets one instance at a
 * time do it.
 */
export const DELETE_OLD_EVENTS: Statement = {
  name: 'delete_old_events',
  text: `
    DELETE FROM security_events WHERE id = ANY (ARRAY(
      SELECT id FROM security_events
      WHERE id < $1 AND (SELECT pg_try_advisory_xact_lock(${SWEEP_LOCK}))
      ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
    )) RETURNING id`,
};
