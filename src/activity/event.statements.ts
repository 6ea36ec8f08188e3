import { toEpochMs, type Statement } from '../platform/database/index.js';

/** Only the newest sign-ins are read; older ones are ignored. */
const REMEMBERED_SIGN_INS = 1000;

/** The clients that a user signed in with before an event, and when last with each. */
export const READ_KNOWN_CLIENTS: Statement = {
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
 * Deletes a batch of the oldest rows with ids below `$1`. The lock allows one instance at a time.
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
