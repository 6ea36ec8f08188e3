import { databaseNow, toEpochMs, type Statement } from '../../platform/database/index.js';

/** SQL of a sub-query that reads the database's clock once. */
const clock = (offsetMs: string): string => `(SELECT ${databaseNow(offsetMs)} AS now) AS clock`;

const LIVE = `p.ended_at IS NULL AND p.expires_at > clock.now`;

const PROOF = `p.id, p.purpose, p.user_id AS "userId", p.address, p.code_hash AS "codeHash", p.browser`;

/**
 * Adds a proof, unless `$9` proofs of its address and purpose were added within an hour; null for no
 * limit.
 */
export const ADD_PROOF: Statement = {
  name: 'add_proof',
  text: `
    INSERT INTO proofs (id, purpose, user_id, address, token_hash, code_hash, browser, created_at, expires_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, clock.now, clock.now + $8::float8 * interval '1 second' FROM ${clock('$10')}
    WHERE $9::integer IS NULL OR $9 > (
      SELECT count(*) FROM proofs AS p
      WHERE p.address = $4 AND p.purpose = $2 AND p.created_at > clock.now - interval '1 hour')
    RETURNING id`,
};

/** How long until the oldest of the proofs that were added within an hour is older. */
export const READ_WAIT: Statement = {
  name: 'read_wait_for_proof',
  text: `
    SELECT ${toEpochMs(`min(p.created_at) + interval '1 hour'`)} - ${toEpochMs('max(clock.now)')} AS "waitMs"
    FROM proofs AS p, ${clock('$3')}
    WHERE p.address = $1 AND p.purpose = $2 AND p.created_at > clock.now - interval '1 hour'`,
};

export const FIND_BY_TOKEN: Statement = {
  name: 'find_proof_by_token',
  text: `
    SELECT ${PROOF} FROM proofs AS p, ${clock('$3')}
    WHERE p.token_hash = $1 AND p.purpose = ANY ($2) AND ${LIVE}`,
};

/**
 * Counts an attempt to give the code of each proof, and returns those that may have it. The count is
 * raised before the code is compared, so that parallel attempts have no more of them. Rows are locked
 * in the order of ids, so that two attempts cannot deadlock.
 */
const claimAttempt = (name: string, condition: string): Statement => ({
  name,
  text: `
    WITH locked AS MATERIALIZED (
      SELECT p.id FROM proofs AS p, ${clock('$3')}
      WHERE ${condition} AND p.purpose = ANY ($2) AND p.attempts < $4 AND ${LIVE}
      ORDER BY p.id FOR UPDATE OF p
    )
    UPDATE proofs AS p SET attempts = p.attempts + 1
    WHERE p.id IN (SELECT id FROM locked) RETURNING ${PROOF}`,
});

export const CLAIM_BY_ID = claimAttempt('claim_code_by_id', 'p.id = $1');
export const CLAIM_BY_ADDRESS = claimAttempt('claim_code_by_address', 'p.address = $1');
export const CLAIM_BY_USER = claimAttempt('claim_code_by_user', 'p.user_id = $1');

/** Compare-and-set: of two that consume one proof, one gets a row. */
export const CONSUME_PROOF: Statement = {
  name: 'consume_proof',
  text: `
    UPDATE proofs AS p SET ended_at = clock.now FROM ${clock('$2')}
    WHERE p.id = $1 AND ${LIVE} RETURNING p.id`,
};

/** Ends the proofs of a user that are for one of the purposes `$2`. */
export const END_PROOFS: Statement = {
  name: 'end_proofs',
  text: `
    UPDATE proofs AS p SET ended_at = clock.now FROM ${clock('$3')}
    WHERE p.user_id = $1 AND p.purpose = ANY ($2) AND ${LIVE}`,
};

/**
 * After the change of address of proof `$2` was undone, ends all proofs of the user except those that
 * undo an earlier change, from another address. Otherwise a thief who has changed the address twice
 * could undo the second change and thereby prevent that the owner undoes the first.
 */
export const END_PROOFS_AFTER_UNDO: Statement = {
  name: 'end_proofs_after_undo',
  text: `
    UPDATE proofs AS p SET ended_at = clock.now FROM proofs AS used, ${clock('$3')}
    WHERE used.id = $2 AND p.user_id = $1 AND ${LIVE} AND NOT (
      p.purpose = 'undo_address_change' AND p.created_at < used.created_at AND p.address <> used.address)`,
};

/** Whether somebody else than user `$2` may still undo the change from an address. */
export const FIND_RESERVATION: Statement = {
  name: 'find_reservation',
  text: `
    SELECT p.id FROM proofs AS p JOIN users AS u ON u.id = p.user_id, ${clock('$3')}
    WHERE p.address = $1 AND p.purpose = 'undo_address_change' AND u.id IS DISTINCT FROM $2::uuid
      AND u.email <> p.address AND ${LIVE} LIMIT 1`,
};

/** The addresses from which a change of user `$1` can still be undone. */
export const LIST_RESERVATIONS: Statement = {
  name: 'list_reservations',
  text: `
    SELECT DISTINCT p.address FROM proofs AS p, ${clock('$2')}
    WHERE p.user_id = $1 AND p.purpose = 'undo_address_change' AND ${LIVE}`,
};

/** Any number that nobody else uses on this database: "evergpr" in ASCII. */
const SWEEP_LOCK = '28559150730932338';

/**
 * Deletes a batch of proofs that expired more than an hour ago; until then they count for the limit
 * of an hour. The lock allows one instance at a time.
 */
export const DELETE_OLD_PROOFS: Statement = {
  name: 'delete_old_proofs',
  text: `
    DELETE FROM proofs WHERE id = ANY (ARRAY(
      SELECT p.id FROM proofs AS p, ${clock('$1')}
      WHERE p.expires_at < clock.now - interval '1 hour' AND (SELECT pg_try_advisory_xact_lock(${SWEEP_LOCK}))
      ORDER BY p.expires_at LIMIT $2 FOR UPDATE OF p SKIP LOCKED
    )) RETURNING id`,
};
