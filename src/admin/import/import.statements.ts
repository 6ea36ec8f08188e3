import { databaseNow, type Statement } from '../../platform/database/index.js';

export const ADD_IMPORT: Statement = {
  name: 'add_import',
  text: `INSERT INTO imports (file_digest) VALUES ($1) ON CONFLICT DO NOTHING`,
};

export const READ_IMPORT: Statement = {
  name: 'read_import',
  text: `
    SELECT position_bytes::float8 AS "positionBytes", lines::float8 AS lines, imported::float8 AS imported,
      skipped::float8 AS skipped, reasons, report_bytes::float8 AS "reportBytes"
    FROM imports WHERE file_digest = $1`,
};

/** Of two processes that import one file, one gets a row. */
export const LOCK_IMPORT: Statement = {
  name: 'lock_import',
  text: `SELECT lines FROM imports WHERE file_digest = $1 AND position_bytes = $2 FOR UPDATE`,
};

export const ADVANCE_IMPORT: Statement = {
  name: 'advance_import',
  text: `
    UPDATE imports SET position_bytes = $2, lines = $3, imported = $4, skipped = $5, reasons = $6,
      report_bytes = $7, changed_at = now()
    WHERE file_digest = $1`,
};

/** Addresses that somebody may return to, who has changed theirs. */
const RESERVED = `
  SELECT p.address, p.user_id
  FROM proofs AS p JOIN users AS u ON u.id = p.user_id, (SELECT ${databaseNow('$2')} AS now) AS clock
  WHERE p.purpose = 'undo_address_change' AND p.ended_at IS NULL AND p.expires_at > clock.now
    AND u.email <> p.address`;

/**
 * Who has an id, an address or an identity of the lines in `$1`. `OFFSET 0` has each of them looked up
 * by an index: a plan that was made while the tables were small would read them whole.
 */
export const FIND_CONFLICTS: Statement = {
  name: 'find_import_conflicts',
  text: `
    WITH entry AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS e(line integer, id uuid, email text, identities jsonb)
    ), reserved AS (${RESERVED} AND p.address IN (SELECT email FROM entry))
    SELECT e.line, 'id_taken' AS code, u.id AS of_user
      FROM entry AS e, LATERAL (SELECT id FROM users WHERE id = e.id OFFSET 0) AS u
    UNION SELECT e.line, 'email_taken', u.id
      FROM entry AS e, LATERAL (SELECT id FROM users WHERE lower(email COLLATE "C") = e.email OFFSET 0) AS u
    UNION SELECT e.line, 'email_taken', r.user_id FROM entry AS e JOIN reserved AS r ON r.address = e.email
    UNION SELECT e.line, 'identity_taken', i.user_id
      FROM entry AS e, jsonb_to_recordset(e.identities) AS named(issuer text, subject text),
        LATERAL (
          SELECT user_id FROM identities WHERE issuer = named.issuer AND subject = named.subject OFFSET 0
        ) AS i`,
};

export const FIND_RESERVED: Statement = {
  name: 'find_reserved_addresses',
  text: `${RESERVED} AND p.address = ANY ($1::text[]) LIMIT 1`,
};

export const INSERT_USERS: Statement = {
  name: 'import_users',
  text: `
    INSERT INTO users (id, email, email_verified, password_hash, first_name, last_name, roles, metadata, created_at)
    SELECT id, email, email_verified, password_hash, first_name, last_name,
      ARRAY(SELECT jsonb_array_elements_text(roles)), metadata, COALESCE(created_at, now())
    FROM jsonb_to_recordset($1::jsonb) AS person(id uuid, email text, email_verified boolean, password_hash text,
      first_name text, last_name text, roles jsonb, metadata jsonb, created_at timestamptz)
    ON CONFLICT DO NOTHING RETURNING id`,
};

export const INSERT_IDENTITIES: Statement = {
  name: 'import_identities',
  text: `
    INSERT INTO identities (issuer, subject, user_id)
    SELECT named.issuer, named.subject, person.id
    FROM jsonb_to_recordset($1::jsonb) AS person(id uuid, identities jsonb),
      jsonb_to_recordset(person.identities) AS named(issuer text, subject text)
    ON CONFLICT DO NOTHING RETURNING user_id`,
};

/** What the lines of a dry run so far have; memory would grow with the file. */
export const MAKE_SEEN: Statement = {
  name: 'make_import_seen',
  text: `CREATE TEMP TABLE import_seen (key text PRIMARY KEY, line integer NOT NULL) ON COMMIT DROP`,
};

export const FIND_SEEN: Statement = {
  name: 'find_import_seen',
  text: `
    SELECT claim.line, claim.code, seen.line AS of_line
    FROM jsonb_to_recordset($1::jsonb) AS claim(line integer, code text, key text),
      LATERAL (SELECT line FROM import_seen WHERE key = claim.key OFFSET 0) AS seen`,
};

export const ADD_SEEN: Statement = {
  name: 'add_import_seen',
  text: `
    INSERT INTO import_seen (key, line)
    SELECT key, line FROM jsonb_to_recordset($1::jsonb) AS claim(line integer, key text)`,
};
