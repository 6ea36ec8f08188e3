import { MAX_REMEMBERED_TOKENS } from '#protocol';
import { fromEpochMs, toEpochMs, type Statement } from '../../platform/database/index.js';
import { KEY_FINGERPRINT_PREFIX } from '../policy/chain-fingerprint.js';
import { listRevocations, revocationOf } from '../revocation/revocation.statements.js';
import { clock } from './clock.fragment.js';

/** The columns of a live session `s` and its user `u` that responses need. */
const LIVE_SESSION = `
  s.id, s.epoch, s.transport, s.remember_me AS "rememberMe", s.fingerprint, s.key_thumbprint AS "keyThumbprint", s.amr,
  ${toEpochMs('s.authenticated_at')} AS "authenticatedAt", ${toEpochMs('s.expires_at')} AS "expiresAt",
  NULLIF(u.roles, '{}') AS roles, u.claims_version AS "claimsVersion",
  u.id AS "userId", u.email, u.email_verified AS "emailVerified", u.first_name AS "firstName", u.last_name AS "lastName"`;

/**
 * True if user `u` is active, and session `s` is not among the sessions that `MARK_ENDED` has
 * marked as ended.
 */
const USER_LETS_LIVE = `u.deactivated_at IS NULL AND (s.authenticated_at < u.sessions_end_before) IS NOT TRUE`;

/** `slidingExpiresAt` of packages/protocol. */
const SLIDING_EXPIRES_AT = `LEAST(clock.now + s.lifetime_seconds * interval '1 second', s.absolute_expires_at)`;

/**
 * From a list of entries `[…, …, at]`, the newest ones after an instant (epoch milliseconds), at
 * most one less than the maximum, so that one can be added. It uses JSON paths, since a sub-query
 * would be initialised at each execution.
 *
 * The first path is strict: a lax one would look for entries inside the entries. The second is lax:
 * a strict one would fail if the list is shorter.
 */
const newestInWindow = (entries: string, since: string): string => `jsonb_path_query_array(
        jsonb_path_query_array(${entries}, 'strict $[*] ? (@[2] > $since)', jsonb_build_object('since', ${since})),
        'lax $[last - ${MAX_REMEMBERED_TOKENS - 2} to last]')`;

/**
 * Begins a session, only if the user is still active and, if a password was verified, still has its hash.
 * Because of the share lock, this statement and a change of password wait for each other: a login
 * that races with the change leaves no session behind.
 */
export const BEGIN_SESSION: Statement = {
  name: 'begin_session',
  text: `
    WITH u AS (SELECT * FROM users WHERE id = $2 AND ($3::text IS NULL OR password_hash = $3) AND deactivated_at IS NULL FOR SHARE),
    s AS (
      INSERT INTO sessions (id, user_id, generation, generation_key, next_key, children, superseded, transport, remember_me,
        lifetime_seconds, device_name, fingerprint, ip, created_at, authenticated_at, last_used_at, expires_at, absolute_expires_at, amr, key_thumbprint)
      SELECT $1, u.id, -1, 0, 1, jsonb_build_array(jsonb_build_array(1, $4::text, clock.now_ms)), '[]', $5, $6,
        $7, $8, $4, $9, clock.now, GREATEST(clock.now, u.sessions_end_before), clock.now,
        clock.now + LEAST($7::float8, $10::float8) * interval '1 second', clock.now + $10::float8 * interval '1 second', $12, $13
      FROM u, ${clock('$11')}
      RETURNING *
    )
    SELECT ${LIVE_SESSION} FROM s, u`,
};

/**
 * Rule 1 of the rotation in one statement: from the presented token it predicts the state in which
 * that token is a child of the confirmed one. If the prediction is wrong, it writes nothing and
 * returns no row. It repeats a rule of `decideRotation` for speed; a differential test compares the
 * two. If `$10` is false, it also predicts that the client's address is unchanged. `$11` is the
 * key that the token is bound to.
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
      AND ($10::boolean OR s.ip = $8) AND s.key_thumbprint IS NOT DISTINCT FROM $11
    RETURNING ${LIVE_SESSION}, s.previous_ip AS "previousIp"`,
};

/** A session's row, with the time of the read. */
export const READ_SESSION: Statement = {
  name: 'read_session',
  isQuick: true,
  text: `
    SELECT ${LIVE_SESSION}, s.ip, s.version, s.generation, s.generation_key AS "generationKey", s.next_key AS "nextKey", s.children,
      s.superseded, s.lifetime_seconds AS "lifetimeSeconds", ${toEpochMs('s.absolute_expires_at')} AS "absoluteExpiresAt",
      s.revoked_at IS NOT NULL OR NOT (${USER_LETS_LIVE}) AS "isEnded", s.provable_epoch AS "provableEpoch",
      clock.now_ms::float8 AS now
    FROM sessions AS s JOIN users AS u ON u.id = s.user_id, ${clock('$2')}
    WHERE s.id = $1`,
};

/**
 * Compare-and-set: writes the decision only if the row has not changed since it was read.
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
 * The key of a session `s` in its next epoch: the new one, `$4`, if there is any. A session that is
 * bound to none stays so: whoever had stolen its token could bind it to a key of their own.
 */
const NEXT_KEY = `CASE WHEN s.key_thumbprint IS NOT NULL THEN COALESCE($4::text, s.key_thumbprint) END`;

/** `chainFingerprint`, of a session `s` in its next epoch and the client's fingerprint `$6`. */
const CHAIN_FINGERPRINT = `COALESCE('${KEY_FINGERPRINT_PREFIX}' || ${NEXT_KEY}, $6::text)`;

/**
 * Whether a session `s` has the key `$3` of the presented token, or already the new one, `$4`: then
 * the client did not receive the response that brought it.
 */
const IS_OF_KEY = '(s.key_thumbprint IS NOT DISTINCT FROM $3::text OR s.key_thumbprint = $4::text)';

/**
 * Starts a new chain in the next epoch: older refresh tokens of the session become void, and older
 * access tokens are revoked. Only here the key of a session changes, so never within an epoch.
 *
 * @param isEpoch condition for the epoch `$2` of the token that asks for it
 * @param changes further columns
 */
const restartChain = (isEpoch: string, changes: string): string => `
    WITH restarted AS (
      UPDATE sessions AS s SET
        epoch = s.epoch + 1, generation = -1, generation_key = 0, next_key = 1, superseded = '[]',
        children = jsonb_build_array(jsonb_build_array(1, ${CHAIN_FINGERPRINT}, clock.now_ms)),
        key_thumbprint = ${NEXT_KEY},
        expires_at = ${SLIDING_EXPIRES_AT}, last_used_at = clock.now, authenticated_at = clock.now, ip = $7, version = s.version + 1,
        ${changes}
      FROM users AS u, ${clock('$5')}
      WHERE s.id = $1 AND ${isEpoch} AND ${IS_OF_KEY} AND s.revoked_at IS NULL AND s.expires_at > clock.now
        AND u.id = s.user_id AND ${USER_LETS_LIVE}
      RETURNING s.*, s.epoch AS lowest_epoch, clock.now
    ), ${listRevocations('restarted')}
    SELECT ${LIVE_SESSION}, ${revocationOf('s')} FROM restarted AS s JOIN users AS u ON u.id = s.user_id`;

/** After a change of password: only by a token of the current epoch. */
export const RESTART_CHAIN: Statement = {
  name: 'restart_chain',
  text: restartChain('s.epoch = $2', 'provable_epoch = s.epoch + 1'),
};

/** The epochs of a session `s` whose tokens say for whom a new proof is. */
const IS_PROVABLE = 's.provable_epoch <= $2 AND s.epoch >= $2';

/**
 * After a new proof of who the user is: also by a token of an older epoch that such a proof has
 * ended, since the client may not have received the tokens of a later one.
 */
export const RESTART_CHAIN_BY_PROOF: Statement = {
  name: 'restart_chain_by_proof',
  text: restartChain(IS_PROVABLE, 'amr = ARRAY(SELECT DISTINCT unnest(s.amr || $8::text[]))'),
};

/** One row if a new proof would be of use for this session. */
export const READ_PROVABLE: Statement = {
  name: 'read_provable',
  isQuick: true,
  text: `
    SELECT s.id
    FROM sessions AS s JOIN users AS u ON u.id = s.user_id, ${clock('$5')}
    WHERE s.id = $1 AND ${IS_PROVABLE} AND ${IS_OF_KEY} AND s.revoked_at IS NULL AND s.expires_at > clock.now AND ${USER_LETS_LIVE}`,
};

/**
 * A live session in its current epoch. Durations are by the database's clock, so that the clock of
 * an instance does not matter.
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
 * The same as `RevokedSessions.status`, from the database. It always returns a row with
 * `isReplica`: a pooler may connect to a replica, which may lack a new session, or the end of one.
 */
export const READ_STATUS: Statement = {
  name: 'standing',
  isQuick: true,
  text: `
    SELECT pg_is_in_recovery() AS "isReplica", s.epoch, u.claims_version AS "claimsVersion", s.revoked_at IS NOT NULL OR NOT (${USER_LETS_LIVE}) AS "isEnded"
    FROM (SELECT) AS one LEFT JOIN (sessions AS s JOIN users AS u ON u.id = s.user_id) ON s.id = $1`,
};

/** A live session, as far as a team's hooks need it. */
export const READ_FACTS: Statement = {
  name: 'read_facts',
  isQuick: true,
  text: `
    SELECT s.id, s.amr, ${toEpochMs('s.authenticated_at')} AS "authenticatedAt"
    FROM sessions AS s JOIN users AS u ON u.id = s.user_id, ${clock('$2')}
    WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > clock.now AND ${USER_LETS_LIVE}`,
};

/**
 * Raises the version of what access tokens say about a user. Its row of the blacklist has the id of
 * the user in place of a session's, and the lowest version that is still good as its epoch.
 */
export const RAISE_CLAIMS_VERSION: Statement = {
  name: 'raise_claims_version',
  text: `
    WITH raised AS (
      UPDATE users AS u SET claims_version = u.claims_version + 1 FROM ${clock('$2')} WHERE u.id = $1
      RETURNING u.id, u.id AS user_id, u.claims_version AS lowest_epoch, clock.now
    ), ${listRevocations('raised')}
    SELECT ${revocationOf('raised')} FROM raised`,
};

/**
 * A page of a user's live sessions: those after the one that was last used at `$4` and has the id
 * `$5`.
 */
export const LIST_SESSIONS: Statement = {
  name: 'list_sessions',
  text: `
    SELECT s.id, device_name AS "deviceName", ip, s.created_at AS "createdAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt",
      key_thumbprint IS NOT NULL AS "isBound"
    FROM sessions AS s JOIN users AS u ON u.id = s.user_id, ${clock('$2')}
    WHERE s.user_id = $1 AND s.revoked_at IS NULL AND s.expires_at > clock.now AND ${USER_LETS_LIVE}
      AND ($5::uuid IS NULL OR (s.last_used_at, s.id) < (${fromEpochMs('$4')}, $5::uuid))
    ORDER BY s.last_used_at DESC, s.id DESC LIMIT $3`,
};

/**
 * How long the row of an ended or expired session is kept. Nothing needs it: a session without a
 * row counts as ended.
 */
const OVER_FOR = `interval '1 day'`;

/** Any number that nobody else uses on this database: "evergsw" in ASCII. */
const SWEEP_LOCK = '28559150730933111';

/**
 * Among the next `$2` sessions after id `$3`, deletes those that ended or expired more than a day
 * ago. All sessions are scanned in steps of limited size, without an index on their expiry: each
 * refresh changes the expiry, so it would have to update that index. The row contains the number of
 * deleted rows and the last id of the step. `lastId` is null if there were no more sessions, or if
 * another instance holds the lock.
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
      WHERE s.id = ANY (ARRAY(SELECT id FROM step WHERE over_at < clock.now - ${OVER_FOR}))
        AND LEAST(s.expires_at, s.revoked_at) < clock.now - ${OVER_FOR}
      FOR UPDATE OF s SKIP LOCKED
    ), deleted AS (
      DELETE FROM sessions WHERE id = ANY (ARRAY(SELECT id FROM dead)) RETURNING id
    )
    SELECT (SELECT id FROM step ORDER BY id DESC LIMIT 1) AS "lastId", (SELECT count(*)::int FROM deleted) AS count`,
};
