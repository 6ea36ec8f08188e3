import { databaseNow, fromEpochMs, type Statement } from '../../platform/database/index.js';

/** One row if nobody has used this proof before. */
export const USE_PROOF: Statement = {
  name: 'use_possession_proof',
  text: `
    INSERT INTO used_possession_proofs (key_thumbprint, proof_id, expires_at)
    VALUES ($1, $2, ${fromEpochMs('$3')}) ON CONFLICT DO NOTHING RETURNING proof_id`,
};

/** Any number that nobody else uses on this database: "evergup" in ASCII. */
const SWEEP_LOCK = '28559150730933616';

/**
 * Deletes a batch of proofs that are too old to be accepted, by any instance whose clock is less
 * than an hour behind. The lock allows one instance at a time.
 */
export const DELETE_OLD_USED_PROOFS: Statement = {
  name: 'delete_old_used_proofs',
  text: `
    DELETE FROM used_possession_proofs WHERE (key_thumbprint, proof_id) IN (
      SELECT key_thumbprint, proof_id FROM used_possession_proofs
      WHERE expires_at < (SELECT ${databaseNow('$1')}) - interval '1 hour' AND (SELECT pg_try_advisory_xact_lock(${SWEEP_LOCK}))
      ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING proof_id`,
};
