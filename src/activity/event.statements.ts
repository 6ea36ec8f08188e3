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

/**
 * Adds an event, unless its user is gone: nothing may be recorded about an account that was deleted.
 * A deletion waits for the lock, and then finds the event; or this statement waits for the deletion.
 */
export const ADD_EVENT: Statement = {
  name: 'add_event',
  text: `
    INSERT INTO security_events (id, type, occurred_at, user_id, session_id, network, device_name, fingerprint, details)
    SELECT $1::uuid, $2, $3::timestamptz, $4::uuid, $5::uuid, $6, $7, $8, $9::jsonb
    WHERE $4::uuid IS NULL OR (SELECT id FROM users WHERE id = $4::uuid FOR KEY SHARE) IS NOT NULL`,
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
