import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A user may have no password: their sessions then begin by another proof, such as that of a login
 * provider, to which `identities` leads from the provider's own name of the user. A session says how
 * its user has proved who they are (RFC 8176). Users have roles, and what a team keeps about them.
 */
export class AnyProof1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users
        ALTER COLUMN password_hash DROP NOT NULL,
        ADD COLUMN roles text[] NOT NULL DEFAULT '{}',
        ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}'
    `);
    await runner.query(`
      ALTER TABLE sessions
        ADD COLUMN amr text[] NOT NULL DEFAULT '{pwd}',
        ADD COLUMN provable_epoch integer NOT NULL DEFAULT 0
    `);
    await runner.query(`
      CREATE TABLE identities (
        issuer text NOT NULL,
        subject text NOT NULL,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (issuer, subject)
      )
    `);
    await runner.query(`CREATE INDEX identities_user_id_idx ON identities (user_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE identities`);
    await runner.query(`ALTER TABLE sessions DROP COLUMN amr, DROP COLUMN provable_epoch`);
    // Who has no password cannot sign in before this migration, and no hash begins with an asterisk.
    await runner.query(`UPDATE users SET password_hash = '*' WHERE password_hash IS NULL`);
    await runner.query(`
      ALTER TABLE users
        ALTER COLUMN password_hash SET NOT NULL,
        DROP COLUMN roles,
        DROP COLUMN metadata
    `);
  }
}
