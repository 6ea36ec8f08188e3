import { fromEpochMs, type Statement } from '../../platform/database/index.js';
import { listRevocations, revocationOf } from '../revocation/revocation.statements.js';
import { clock } from './clock.fragment.js';

/** Which sessions to end. Sessions that have already ended are skipped. */
export type SessionsToEnd =
  /** One, by a token of its current epoch. */
  | { readonly kind: 'by_token'; readonly sessionId: string; readonly epoch: number }
  /** One, by its owner, unless it has expired. */
  | { readonly kind: 'owned'; readonly sessionId: string; readonly userId: string }
  /** One, by a decision of the server. */
  | { readonly kind: 'one'; readonly sessionId: string }
  /** One, unless its row has changed since it was read. */
  | { readonly kind: 'unchanged'; readonly sessionId: string; readonly version: number }
  /** About `limit` sessions of a user, without `keptId`. */
  | {
      readonly kind: 'some_of_user';
      readonly userId: string;
      readonly keptId: string | undefined;
      readonly limit: number;
    }
  /** A step of the sessions that `UserEndingStore.markEnded` has marked. */
  | { readonly kind: 'marked'; readonly ids: readonly string[] }
  /** The sessions of a user beyond `limit` that were unused for longest. */
  | { readonly kind: 'excess'; readonly userId: string; readonly limit: number }
  /**
   * Those with an id after `afterId` and up to `lastId` that began before an instant (epoch
   * milliseconds).
   */
  | {
      readonly kind: 'begun_before';
      readonly instantMs: number;
      readonly afterId: string;
      readonly lastId: string;
    };

/** The statement that ends the sessions, and its values from `$3` on. */
export function endingOf(which: SessionsToEnd): {
  readonly statement: Statement;
  readonly values: readonly unknown[];
} {
  switch (which.kind) {
    case 'by_token':
      return { statement: END_BY_TOKEN, values: [which.sessionId, which.epoch] };
    case 'owned':
      return { statement: END_OWN, values: [which.sessionId, which.userId] };
    case 'one':
      return { statement: END_ONE, values: [which.sessionId] };
    case 'unchanged':
      return { statement: END_UNCHANGED, values: [which.sessionId, which.version] };
    case 'some_of_user':
      return { statement: END_ALL, values: [which.userId, which.keptId ?? null, which.limit] };
    case 'marked':
      return { statement: END_MARKED, values: [which.ids] };
    case 'excess':
      return { statement: END_EXCESS, values: [which.userId, which.limit] };
    case 'begun_before':
      return {
        statement: END_BEGUN_BEFORE,
        values: [which.afterId, which.lastId, which.instantMs],
      };
  }
}

/**
 * Revoking always prevails: its only condition is that the session is not revoked yet. `$1` is the
 * clock's offset, `$2` the reason, `$3` the session. It is sent as a quick statement, so that a
 * locked row does not occupy a connection of the pool.
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

/** Ends a session by a token of its current epoch. */
const END_BY_TOKEN = ending('end_by_token', 'id = $3 AND epoch = $4');

/** Ends a session by its owner. */
const END_OWN = ending('end_own', 'id = $3 AND user_id = $4 AND expires_at > clock.now');

/** Ends a session by a decision of the server. */
const END_ONE = ending('end_one', 'id = $3');

/** Ends a session only if its row has not changed since the decision. */
const END_UNCHANGED = ending('end_unchanged', 'id = $3 AND version = $4');

/**
 * Ends many sessions. It locks their rows in the order of their ids, so that two concurrent
 * statements cannot deadlock.
 *
 * @param chosen SQL: further conditions on `FROM sessions, clock`, with the clauses after them
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

/** Ends about `$5` live sessions of a user, without the session `$4` if that is given. */
const END_ALL = endingOfMany(
  'end_all',
  'user_id = $3 ORDER BY sessions.id LIMIT $5 + 1 FOR UPDATE OF sessions',
  'id IS DISTINCT FROM $4::uuid',
);

/** Ends a step of the sessions that `LIST_MARKED` returned. */
const END_MARKED = endingOfMany(
  'end_marked',
  'id = ANY ($3::uuid[]) ORDER BY sessions.id FOR UPDATE OF sessions',
);

/**
 * Ends the user's sessions except the `$4` that were used last, a thousand at a time. Locked
 * sessions are skipped, since they are in use.
 */
const END_EXCESS = endingOfMany(
  'end_excess',
  `sessions.id = ANY (ARRAY(
        SELECT s.id FROM sessions AS s
        WHERE s.user_id = $3 AND s.revoked_at IS NULL AND s.expires_at > clock.now
        ORDER BY s.last_used_at DESC, s.id DESC OFFSET $4 LIMIT 1000
      )) ORDER BY sessions.id FOR UPDATE OF sessions SKIP LOCKED`,
);

/**
 * The last of the next `$2` ids after `$1`, to process all sessions in steps of limited size.
 */
export const LAST_OF_NEXT: Statement = {
  name: 'last_of_next',
  text: `SELECT id FROM (SELECT id FROM sessions WHERE id > $1 ORDER BY id LIMIT $2) AS next ORDER BY id DESC LIMIT 1`,
};

/** Ends the live sessions of one step that began before an instant. */
const END_BEGUN_BEFORE = endingOfMany(
  'end_begun_before',
  `id > $3 AND id <= $4 AND created_at < ${fromEpochMs('$5')} ORDER BY sessions.id FOR UPDATE OF sessions`,
);
