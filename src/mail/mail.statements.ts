import { databaseNow, toEpochMs, type Statement } from '../platform/database/index.js';

/** SQL: rows that are not sent yet. The partial indexes have the same condition. */
const WAITING = 'sent_at IS NULL AND given_up_at IS NULL';

/** So many are counted; more is only "very many". */
const COUNTED_AT_MOST = 10_000;

/**
 * Somebody who signs in again and again must not flood the address of somebody else with notices of
 * new devices. These are per account and kind, within a day.
 */
const NOTICES_A_DAY = 10;

const mark = (offsetMs: string): string => `mark AS MATERIALIZED (
      SELECT ${databaseNow(offsetMs)} AS now
    )`;

/**
 * Adds a mail: id, kind, account, recipient and sealed data; `$6` is
 * `Clock.offsetMs`, and `$7` for how many minutes it is worth sending.
 */
export const ADD_MAIL: Statement = {
  name: 'add_mail',
  text: `
    WITH ${mark('$6')}
    INSERT INTO mails (id, kind, user_id, recipient, data, created_at, due_at, send_until)
    SELECT $1::uuid, $2, $3::uuid, $4, $5, now, now, now + $7::float8 * interval '1 minute' FROM mark`,
};

/**
 * Adds a notice to the address of the account `$3`, which is read here, since mail knows no users;
 * not if the account had too many of this kind. Returns its id.
 */
export const ADD_NOTICE: Statement = {
  name: 'add_mail_notice',
  text: `
    WITH ${mark('$5')}
    INSERT INTO mails (id, kind, user_id, recipient, data, created_at, due_at, send_until)
    SELECT $1::uuid, $2::text, users.id, users.email, $4, now, now, now + $6::float8 * interval '1 minute'
    FROM mark, users
    WHERE users.id = $3::uuid AND (
      SELECT count(*) FROM mails
      WHERE user_id = $3::uuid AND kind = $2::text AND created_at > (SELECT now FROM mark) - interval '1 day'
    ) < ${NOTICES_A_DAY}
    RETURNING id`,
};

/** Drops the mails about an account that wait, also those that are being sent just now. */
export const DROP_MAILS: Statement = {
  name: 'drop_mails',
  text: `DELETE FROM mails WHERE user_id = $1 AND ${WAITING}`,
};

/** Drops the mails to some addresses that wait. */
export const DROP_MAILS_TO: Statement = {
  name: 'drop_mails_to',
  text: `DELETE FROM mails WHERE recipient = ANY ($1) AND ${WAITING}`,
};

/**
 * Takes up to `$3` mails that are due, for `$2` milliseconds: then they are due again, unless the
 * result is recorded. No transaction stays open while they are sent.
 */
export const LEASE_MAILS: Statement = {
  name: 'lease_mails',
  text: `
    WITH ${mark('$1')}, due AS MATERIALIZED (
      SELECT id FROM mails
      WHERE ${WAITING} AND due_at <= (SELECT now FROM mark)
      ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
    )
    UPDATE mails
    SET attempts = attempts + 1, due_at = mark.now + $2::float8 * interval '1 millisecond'
    FROM due, mark WHERE mails.id = due.id
    RETURNING mails.id, kind, user_id AS "userId", recipient, data, attempts,
      ${toEpochMs('created_at')} AS "createdAtMs", ${toEpochMs('send_until')} AS "sendUntilMs"`,
};

/** Records that a mail was sent, whoever has its lease by now, and forgets what it said. */
export const COMPLETE_MAIL: Statement = {
  name: 'complete_mail',
  text: `
    UPDATE mails SET sent_at = (SELECT ${databaseNow('$2')}), recipient = NULL, data = NULL
    WHERE id = $1 AND sent_at IS NULL`,
};

/**
 * Makes the mail `$1` due in `$3` milliseconds, if attempt `$2` is still the last one: after the end
 * of its lease, another instance may have begun the next one.
 */
export const POSTPONE_MAIL: Statement = {
  name: 'postpone_mail',
  text: `
    UPDATE mails SET due_at = (SELECT ${databaseNow('$4')}) + $3::float8 * interval '1 millisecond'
    WHERE id = $1 AND attempts = $2 AND ${WAITING}`,
};

/** Records that the mail `$1` will not be sent, if attempt `$2` is the last one. */
export const GIVE_UP_MAIL: Statement = {
  name: 'give_up_mail',
  text: `
    UPDATE mails SET given_up_at = (SELECT ${databaseNow('$3')}), recipient = NULL, data = NULL
    WHERE id = $1 AND attempts = $2 AND ${WAITING}`,
};

/** How many mails wait, and the age of the oldest in seconds. */
export const MEASURE_MAILS: Statement = {
  name: 'measure_mails',
  text: `
    WITH ${mark('$1')}, waiting AS (
      SELECT created_at FROM mails WHERE ${WAITING} ORDER BY created_at LIMIT ${COUNTED_AT_MOST}
    )
    SELECT count(*)::int AS waiting,
      coalesce(extract(epoch FROM (SELECT now FROM mark) - min(created_at))::float8, 0) AS "oldestSeconds"
    FROM waiting`,
};

/** Any number that nobody else uses on this database: "evergml" in ASCII. */
const SWEEP_LOCK = '28559150730931564';

/**
 * Deletes a batch of rows older than `$2` days, the oldest first, whatever became of them. The lock
 * allows one instance at a time.
 */
export const DELETE_OLD_MAILS: Statement = {
  name: 'delete_old_mails',
  text: `
    DELETE FROM mails WHERE id = ANY (ARRAY(
      SELECT id FROM mails
      WHERE created_at < (SELECT ${databaseNow('$1')} - $2::float8 * interval '1 day')
        AND (SELECT pg_try_advisory_xact_lock(${SWEEP_LOCK}))
      ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
    )) RETURNING id`,
};
