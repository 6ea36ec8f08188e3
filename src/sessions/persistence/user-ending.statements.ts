import type { Statement } from '../../platform/database/index.js';
import { clock } from './clock.fragment.js';

/** Locks the user, before many sessions of the user are ended. */
export const LOCK_USER: Statement = {
  name: 'lock_user',
  text: `SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE`,
};

/**
 * Locks the sessions that `some_of_user` of `SessionsToEnd` would lock, for a transaction that
 * changes another session first.
 */
export const LOCK_SESSIONS: Statement = {
  name: 'lock_sessions',
  text: `
    SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE`,
};

/**
 * Marks all sessions of user `$1` that began before now as ended, without session `$3` if that is
 * given. From the commit on, none of their tokens is exchanged, so their rows can be changed in
 * steps (`marked` of `SessionsToEnd`). The instant is later than `authenticated_at` of every
 * earlier session, and no later session gets an earlier one, since logins wait for the user's lock.
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

/** The next `$3` sessions of a user after id `$2` that are marked as ended, but not yet ended. */
export const LIST_MARKED: Statement = {
  name: 'list_marked',
  text: `
    SELECT s.id, e.reason FROM sessions AS s, unfinished_endings AS e, ${clock('$4')}
    WHERE s.user_id = $1 AND s.id > $2 AND s.revoked_at IS NULL AND s.expires_at > clock.now
      AND e.user_id = s.user_id AND s.authenticated_at < e.ends_before
    ORDER BY s.id LIMIT $3`,
};

/** Users whose endings have been unfinished for a minute, such as after a crash. */
export const LIST_UNFINISHED: Statement = {
  name: 'list_unfinished',
  text: `
    SELECT user_id AS "userId" FROM unfinished_endings, ${clock('$1')}
    WHERE ends_before < clock.now - interval '1 minute' ORDER BY ends_before LIMIT 100`,
};

/** Does nothing if marked sessions remain, since they may have been marked again meanwhile. */
export const FINISH_ENDING: Statement = {
  name: 'finish_ending',
  text: `
    DELETE FROM unfinished_endings AS e WHERE user_id = $1 AND NOT EXISTS (
      SELECT FROM sessions AS s, ${clock('$2')}
      WHERE s.user_id = e.user_id AND s.revoked_at IS NULL AND s.expires_at > clock.now AND s.authenticated_at < e.ends_before)`,
};
