import {
  databaseNow,
  fromEpochMs,
  toEpochMs,
  type Statement,
} from '../../platform/database/index.js';
import { MAX_REMEMBERED_TOKENS } from '../policy/rotation.js';
import { listRevocations, revocationOf } from '../revocation/revocation.statements.js';

/**
 * A sub-query that reads the database's clock once: `clock.now`, and in epoch milliseconds
 * `clock.now_ms`.
 */
const clock = (offsetMs: string): string =>
  `(SELECT at AS now, ${toEpochMs('at')}::bigint AS now_ms FROM (SELECT ${databaseNow(offsetMs)} AS at) AS reading) AS clock`;

/** What an answer needs to know of a live session `s` of user `u`. */
const LIVE_SESSION = `
  s.id, s.epoch, s.transport, s.remember_me AS "rememberMe", s.fingerprint,
  ${toEpochMs('s.authenticated_at')} AS "authenticatedAt", ${toEpochMs('s.expires_at')} AS "expiresAt",
  u.id AS "userId", u.email, u.email_verified AS "emailVerified", u.first_name AS "firstName", u.last_name AS "lastName"`;

/**
 * Whether the user lets session `s` live: they are active, and it is none of those that an ending
 * of very many has named by an instant and may not have come to yet (`MARK_ENDED`).
 */
const USER_LETS_LIVE = `u.deactivated_at IS NULL AND (s.authenticated_at < u.sessions_end_before) IS NOT TRUE`;

/** `slidingExpiresAt` of policy/expiry.ts. */
const SLIDING_EXPIRES_AT = `LEAST(clock.now + s.lifetime_seconds * interval '1 second', s.absolute_expires_at)`;

/**
 * Of a list of entries `[…, …, at]`, the newest that are younger than an instant (epoch
 * milliseconds), so many that there is room for one more. By paths, as a sub-query would be set up
 * anew at each execution.
 *
 * The first path is strict: a lax one would look for entries inside the entries. The second is lax:
 * where the list is shorter, a strict one would fail.
 */
const newestInWindow = (entries: string, since: string): string => `jsonb_path_query_array(
        jsonb_path_query_array(${entries}, 'strict $[*] ? (@[2] > $since)', jsonb_build_object('since', ${since})),
        'lax $[last - ${MAX_REMEMBERED_TOKENS - 2} to last]')`;

/**
 * Begins a session, only if the user is still active and still has the hash that was verified. The
 * share lock makes a change of password wait, or be waited for: a login that races it leaves no
 * session behind.
 */
export const BEGIN_SESSION: Statement = {
  name: 'begin_session',
  text: `
    WITH u AS (SELECT * FROM users WHERE id = $2 AND password_hash = $3 AND deactivated_at IS NULL FOR SHARE),
    s AS (
      INSERT INTO sessions (id, user_id, generation, generation_key, next_key, children, superseded, transport, remember_me,
        lifetime_seconds, device_name, fingerprint, ip, created_at, authenticated_at, last_used_at, expires_at, absolute_expires_at)
      SELECT $1, u.id, -1, 0, 1, jsonb_build_array(jsonb_build_array(1, $4::text, clock.now_ms)), '[]', $5, $6,
        $7, $8, $4, $9, clock.now, GREATEST(clock.now, u.sessions_end_before), clock.now,
        clock.now + LEAST($7::float8, $10::float8) * interval '1 second', clock.now + $10::float8 * interval '1 second'
      FROM u, ${clock('$11')}
      RETURNING *
    )
    SELECT ${LIVE_SESSION} FROM s, u`,
};

/**
 * Rule 1 of the rotation in one statement: the presented token itself predicts the state in which
 * it is a child of the confirmed one. Where the prediction fails nothing is written and no row
 * comes back. It is `decideRotation` written a second time for speed; a differential test holds the
 * two together. Unless `$10`, the prediction is also that the client still has its address.
 */
export const CONFIRM_TOKEN: Statement = {
  name: 'confirm_token',
  isQuick: true,
  rowIdParameter: 1,
  text: `
    UPDATE sessions AS s SET
      generation = $2, generation_key = $3, next_key = 1,
      children = jsonb_build_array(jsonb_build_array(1, $6::text, clock.now_ms)),
      superseded = ${newestInWindow('s.superseded', 'clock.now_ms - $7::float8')}
        || jsonb_build_array(jsonb_build_array(s.generation, s.generation_key, clock.now_ms)),
      expires_at = ${SLIDING_EXPIRES_AT}, last_used_at = clock.now, version = s.version + 1,
      ip = $8, previous_ip = CASE WHEN s.ip <> $8 THEN s.ip END
    FROM users AS u, ${clock('$9')}
    WHERE s.id = $1 AND s.generation = $2::integer - 1 AND s.generation_key = $4 AND s.next_key >= $3 AND s.epoch = $5
      AND s.revoked_at IS NULL AND s.expires_at > clock.now AND u.id = s.user_id AND ${USER_LETS_LIVE}
      AND ($10::boolean OR s.ip = $8)
    RETURNING ${LIVE_SESSION}, s.previous_ip AS "previousIp"`,
};

/** A session's row, with the time at which it was read. */
export const READ_SESSION: Statement = {
  name: 'read_session',
  isQuick: true,
  text: `
    SELECT ${LIVE_SESSION}, s.ip, s.version, s.generation, s.generation_key AS "generationKey", s.next_key AS "nextKey", s.children,
      s.superseded, s.lifetime_seconds AS "lifetimeSeconds", ${toEpochMs('s.absolute_expires_at')} AS "absoluteExpiresAt",
      s.revoked_at IS NOT NULL OR NOT (${USER_LETS_LIVE}) AS "isEnded", clock.now_ms::float8 AS now
    FROM sessions AS s JOIN users AS u ON u.id = s.user_id, ${clock('$2')}
    WHERE s.id = $1`,
};

/**
 * Compare-and-set: writes what was decided, only if the row is still the one that it was decided
 * on.
 */
export const ADVANCE_CHAIN: Statement = {
  name: 'advance_chain',
  isQuick: true,
  rowIdParameter: 1,
  text: `
    UPDATE sessions AS s SET generation = $3, generation_key = $4, next_key = $5, children = $6, superseded = $7,
      expires_at = ${fromEpochMs('$8')}, last_used_at = ${fromEpochMs('$9')}, ip = $10, version = s.version + 1
    FROM users AS u
    WHERE s.id = $1 AND s.version = $2 AND s.revoked_at IS NULL AND u.id = s.user_id AND ${USER_LETS_LIVE}
    RETURNING s.id`,
};

/**
 * Starts the chain anew in a higher epoch: whoever holds an older token of this session gets
 * nothing for it, and its older access tokens are revoked.
 */
export const RESTART_CHAIN: Statement = {
  name: 'restart_chain',
  text: `
    WITH restarted AS (
      UPDATE sessions AS s SET
        epoch = s.epoch + 1, generation = -1, generation_key = 0, next_key = 1, superseded = '[]',
        children = jsonb_build_array(jsonb_build_array(1, $3::text, clock.now_ms)),
        expires_at = ${SLIDING_EXPIRES_AT}, last_used_at = clock.now, authenticated_at = clock.now, ip = $4, version = s.version + 1
      FROM users AS u, ${clock('$5')}
      WHERE s.id = $1 AND s.epoch = $2 AND s.revoked_at IS NULL AND s.expires_at > clock.now
        AND u.id = s.user_id AND ${USER_LETS_LIVE}
      RETURNING s.*, s.epoch AS lowest_epoch, clock.now
    ), ${listRevocations('restarted')}
    SELECT ${LIVE_SESSION}, ${revocationOf('s')} FROM restarted AS s JOIN users AS u ON u.id = s.user_id`,
};

/**
 * Revoking always prevails: it asks for nothing but a session that is not revoked yet. `$1` is the
 * clock's offset, `$2` the reason, `$3` the session. Its row may be locked, and must not keep a
 * connection of the pool waiting.
 */
const ending = (name: string, condition: string): Statement => ({
  name,
  isQuick: true,
  rowIdParameter: 3,
  text: `
    WITH ended AS (
      UPDATE sessions SET revoked_at = clock.now, revoked_reason = $2, version = version + 1 FROM ${clock('$1')}
      WHERE revoked_at IS NULL AND ${condition}
      RETURNING id, user_id, transport, NULL::integer AS lowest_epoch, clock.now
    ), ${listRevocations('ended')}
    SELECT ended.transport = 'cookie' AS "hadCookie", ${revocationOf('ended')} FROM ended`,
});

/** Ends a session for a token of its present epoch. */
export const END_BY_TOKEN = ending('end_by_token', 'id = $3 AND epoch = $4');

/** Ends a session for its owner. */
export const END_OWN = ending('end_own', 'id = $3 AND user_id = $4 AND expires_at > clock.now');

/** Ends a session by decision of the server. */
export const END_ONE = ending('end_one', 'id = $3');

/** Ends a session only if its row is still the one that this was decided on. */
export const END_UNCHANGED = ending('end_unchanged', 'id = $3 AND version = $4');

/**
 * Ends many sessions, whose rows are locked in the order of their ids: of two endings that meet, one
 * waits for the other, and never both.
 *
 * @param chosen what `FROM sessions, clock` is asked for, with an end of its own
 */
const endingOfMany = (name: string, chosen: string, condition = 'true'): Statement => ({
  name,
  text: `
    WITH locked AS MATERIALIZED (
      SELECT sessions.id FROM sessions, ${clock('$1')}
      WHERE revoked_at IS NULL AND expires_at > clock.now AND ${chosen}
    ), ended AS (
      UPDATE sessions SET revoked_at = clock.now, revoked_reason = $2, version = version + 1 FROM ${clock('$1')}
      WHERE id IN (SELECT id FROM locked) AND revoked_at IS NULL AND ${condition}
      RETURNING id, user_id, transport, NULL::integer AS lowest_epoch, clock.now
    ), ${listRevocations('ended')}
    SELECT ended.transport = 'cookie' AS "hadCookie", ${revocationOf('ended')} FROM ended`,
});

/** Whoever ends many sessions of one user locks the user before them. */
export const LOCK_USER: Statement = {
  name: 'lock_user',
  text: `SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE`,
};

/** Locks the sessions that `END_ALL` would look at, for whoever changes another one before it. */
export const LOCK_SESSIONS: Statement = {
  name: 'lock_sessions',
  text: `
    SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE`,
};

/** Ends `$5` live sessions of a user, or so, but for one where that is given. */
export const END_ALL = endingOfMany(
  'end_all',
  'user_id = $3 ORDER BY sessions.id LIMIT $5 + 1 FOR UPDATE OF sessions',
  'id IS DISTINCT FROM $4::uuid',
);

/**
 * Names all sessions of a user `$1` whose password was last given before now as ended, but for `$3`
 * where that is given. No token of theirs is exchanged from the commit on, and their rows can follow
 * in steps (`END_MARKED`). The instant is later than any of a session that was begun before, and
 * sessions that begin later are given no earlier one: logins wait for the user's lock.
 */
export const MARK_ENDED: Statement = {
  name: 'mark_ended',
  text: `
    WITH marked AS (
      UPDATE users SET sessions_end_before = clock.now + interval '1 millisecond' FROM ${clock('$4')}
      WHERE id = $1 RETURNING id, sessions_end_before
    ), kept AS (
      UPDATE sessions SET authenticated_at = sessions_end_before FROM marked WHERE sessions.id = $3
    )
    INSERT INTO unfinished_endings (user_id, reason, ends_before)
    SELECT id, $2, sessions_end_before FROM marked
    ON CONFLICT (user_id) DO UPDATE SET reason = excluded.reason, ends_before = excluded.ends_before`,
};

/** The next `$3` live sessions of a user, after id `$2`, that have been named as ended. */
export const LIST_MARKED: Statement = {
  name: 'list_marked',
  text: `
    SELECT s.id, e.reason FROM sessions AS s, unfinished_endings AS e, ${clock('$4')}
    WHERE s.user_id = $1 AND s.id > $2 AND s.revoked_at IS NULL AND s.expires_at > clock.now
      AND e.user_id = s.user_id AND s.authenticated_at < e.ends_before
    ORDER BY s.id LIMIT $3`,
};

/** Ends a step of those that `LIST_MARKED` has listed: nothing brings them back meanwhile. */
export const END_MARKED = endingOfMany(
  'end_marked',
  'id = ANY ($3::uuid[]) ORDER BY sessions.id FOR UPDATE OF sessions',
);

/** Users whose endings nobody has worked on for a minute, such as those of a process that died. */
export const LIST_UNFINISHED: Statement = {
  name: 'list_unfinished',
  text: `
    SELECT user_id AS "userId" FROM unfinished_endings, ${clock('$1')}
    WHERE ends_before < clock.now - interval '1 minute' ORDER BY ends_before LIMIT 100`,
};

/** Unless all of them have been named as ended once more, meanwhile. */
export const FINISH_ENDING: Statement = {
  name: 'finish_ending',
  text: `
    DELETE FROM unfinished_endings AS e WHERE user_id = $1 AND NOT EXISTS (
      SELECT FROM sessions AS s, ${clock('$2')}
      WHERE s.user_id = e.user_id AND s.revoked_at IS NULL AND s.expires_at > clock.now AND s.authenticated_at < e.ends_before)`,
};

/**
 * Ends the user's sessions beyond the `$4` that were used last, a thousand at a time. One that is
 * locked is in use.
 */
export const END_EXCESS = endingOfMany(
  'end_excess',
  `sessions.id = ANY (ARRAY(
        SELECT s.id FROM sessions AS s
        WHERE s.user_id = $3 AND s.revoked_at IS NULL AND s.expires_at > clock.now
        ORDER BY s.last_used_at DESC, s.id DESC OFFSET $4 LIMIT 1000
      )) ORDER BY sessions.id FOR UPDATE OF sessions SKIP LOCKED`,
);

/**
 * The last of the next `$2` ids after `$1`, so that all sessions can be gone through in steps of
 * bounded size.
 */
export const LAST_OF_NEXT: Statement = {
  name: 'last_of_next',
  text: `SELECT id FROM (SELECT id FROM sessions WHERE id > $1 ORDER BY id LIMIT $2) AS next ORDER BY id DESC LIMIT 1`,
};

/** Of one such step, ends the live sessions that began before an instant. */
export const END_BEGUN_BEFORE = endingOfMany(
  'end_begun_before',
  `id > $3 AND id <= $4 AND created_at < ${fromEpochMs('$5')} ORDER BY sessions.id FOR UPDATE OF sessions`,
);

/**
 * A live session in its present epoch, with durations by the database's clock, so that an
 * instance's own does not matter.
 */
export const READ_FOR_RENEWAL: Statement = {
  name: 'read_for_renewal',
  isQuick: true,
  text: `
    SELECT ${LIVE_SESSION},
      extract(epoch FROM s.expires_at - clock.now)::float8 AS "remainingSeconds"
    FROM sessions AS s JOIN users AS u ON u.id = s.user_id, ${clock('$3')}
    WHERE s.id = $1 AND s.epoch = $2 AND s.revoked_at IS NULL AND s.expires_at > clock.now AND ${USER_LETS_LIVE}`,
};

/**
 * What `RevokedSessions.standing` answers from memory. There is always a row: a replica, which a
 * pooler may lead to, might not know of a session yet, or not of its end, and has to say that it is
 * one.
 */
export const STANDING: Statement = {
  name: 'standing',
  isQuick: true,
  text: `
    SELECT pg_is_in_recovery() AS "isReplica", s.epoch, s.revoked_at IS NOT NULL OR NOT (${USER_LETS_LIVE}) AS "isEnded"
    FROM (SELECT) AS one LEFT JOIN (sessions AS s JOIN users AS u ON u.id = s.user_id) ON s.id = $1`,
};

/** A page of a user's live sessions, those after one that was last used at `$4` and has the id `$5`. */
export const LIST_SESSIONS: Statement = {
  name: 'list_sessions',
  text: `
    SELECT s.id, device_name AS "deviceName", ip, s.created_at AS "createdAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt"
    FROM sessions AS s JOIN users AS u ON u.id = s.user_id, ${clock('$2')}
    WHERE s.user_id = $1 AND s.revoked_at IS NULL AND s.expires_at > clock.now AND ${USER_LETS_LIVE}
      AND ($5::uuid IS NULL OR (s.last_used_at, s.id) < (${fromEpochMs('$4')}, $5::uuid))
    ORDER BY s.last_used_at DESC, s.id DESC LIMIT $3`,
};

/** Any number that nobody else uses on this database: "evergsw" in ASCII. */
const SWEEP_LOCK = '28559150730933111';

/**
 * Of the next `$2` sessions after id `$3`, deletes those that have been over for a day. So all are
 * gone through in steps of bounded size: an index by which dead ones could be found would have each
 * refresh write to it, since that changes when a session expires. The row says how many were deleted
 * and where the step has ended: `lastId` is null where there were no more sessions, and where another
 * instance is at it, which the lock sees to.
 */
export const DELETE_DEAD_SESSIONS: Statement = {
  name: 'delete_dead_sessions',
  text: `
    WITH step AS MATERIALIZED (
      SELECT id, LEAST(expires_at, revoked_at) AS over_at FROM sessions
      WHERE id > $3 AND (SELECT pg_try_advisory_xact_lock(${SWEEP_LOCK}))
      ORDER BY id LIMIT $2
    ), dead AS MATERIALIZED (
      SELECT s.id FROM sessions AS s, ${clock('$1')}
      WHERE s.id = ANY (ARRAY(SELECT id FROM step WHERE over_at < clock.now - interval '1 day'))
        AND LEAST(s.expires_at, s.revoked_at) < clock.now - interval '1 day'
      FOR UPDATE OF s SKIP LOCKED
    ), deleted AS (
      DELETE FROM sessions WHERE id = ANY (ARRAY(SELECT id FROM dead)) RETURNING id
    )
    SELECT (SELECT id FROM step ORDER BY id DESC LIMIT 1) AS "lastId", (SELECT count(*)::int FROM deleted) AS count`,
};
