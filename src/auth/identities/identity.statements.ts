import type { Statement } from '../../platform/database/index.js';

export const FIND_IDENTITY: Statement = {
  name: 'find_identity',
  text: `SELECT user_id AS "userId" FROM identities WHERE issuer = $1 AND subject = $2`,
};

/** Links an identity that is free, and returns to whom it is linked. */
export const LINK_IDENTITY: Statement = {
  name: 'link_identity',
  text: `
    WITH linked AS (
      INSERT INTO identities (issuer, subject, user_id) VALUES ($1, $2, $3)
      ON CONFLICT DO NOTHING RETURNING user_id
    )
    SELECT user_id AS "userId", true AS "isNew" FROM linked
    UNION ALL SELECT user_id, false FROM identities WHERE issuer = $1 AND subject = $2`,
};

export const LIST_IDENTITIES: Statement = {
  name: 'list_identities',
  text: `
    SELECT issuer, subject, created_at AS "createdAt" FROM identities
    WHERE user_id = $1 ORDER BY created_at, issuer, subject`,
};

export const UNLINK_IDENTITY: Statement = {
  name: 'unlink_identity',
  text: `DELETE FROM identities WHERE user_id = $1 AND issuer = $2 AND subject = $3`,
};

export const UNLINK_ALL: Statement = {
  name: 'unlink_all_identities',
  text: `DELETE FROM identities WHERE user_id = $1`,
};
