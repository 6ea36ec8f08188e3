import type { Statement } from '../platform/database/index.js';

/*
 * What is kept about a user, by the names of the API. Of each table, all columns are here but secrets,
 * what they are hashed to, and the counters of rotation. A test compares this with the tables.
 */

export const EXPORT_USER: Statement = {
  name: 'export_user',
  text: `
    SELECT id, email, email_verified, first_name, last_name, roles, metadata, password_hash IS NOT NULL AS has_password,
      created_at, deactivated_at, sessions_end_before
    FROM users WHERE id = $1`,
};

/** Lists of which a user has few. They are read at once. */
export const EXPORT_IDENTITIES: Statement = {
  name: 'export_identities',
  text: `SELECT issuer, subject, created_at FROM identities WHERE user_id = $1 ORDER BY created_at, issuer, subject`,
};

/** The next `$3` rows of user `$1` after the id `$2`. */
const pageOf = (table: string, columns: string, isTheirs = 'user_id = $1'): Statement => ({
  name: `export_${table}`,
  text: `SELECT id, ${columns} FROM ${table} WHERE ${isTheirs} AND id > $2 ORDER BY id LIMIT $3`,
});

/** Notices of no account are found by their recipient, until they are sent. */
const MAIL_IS_THEIRS = `(user_id = $1 OR (
      sent_at IS NULL AND given_up_at IS NULL AND recipient = (SELECT email FROM users WHERE id = $1)))`;

/** Lists of which a user may have very many, in the order of the document. */
export const EXPORT_PAGES: readonly (readonly [name: string, page: Statement])[] = [
  [
    'sessions',
    pageOf(
      'sessions',
      `transport, remember_me, amr, lifetime_seconds, device_name, fingerprint, key_thumbprint, ip, previous_ip, created_at,
      authenticated_at, last_used_at, expires_at, absolute_expires_at, revoked_at, revoked_reason`,
    ),
  ],
  [
    'events',
    pageOf(
      'security_events',
      `type, occurred_at, session_id, network, device_name, fingerprint, details`,
    ),
  ],
  [
    'mails',
    pageOf(
      'mails',
      `kind, recipient, created_at, due_at, send_until, attempts, sent_at, given_up_at`,
      MAIL_IS_THEIRS,
    ),
  ],
  [
    'mailed_proofs',
    pageOf('proofs', `purpose, address, browser, attempts, created_at, expires_at, ended_at`),
  ],
];
