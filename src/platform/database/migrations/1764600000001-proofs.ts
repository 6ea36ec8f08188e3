import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Proofs that somebody reads the mail of an address: links and codes that were mailed. */
export class Proofs1764600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE proofs (
        id uuid PRIMARY KEY,
        purpose text NOT NULL,
        user_id uuid REFERENCES users (id) ON DELETE CASCADE,
        address text NOT NULL,
        token_hash bytea NOT NULL,
        code_hash bytea NOT NULL,
        browser text,
        attempts integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz
      )
    `);
    await runner.query(`CREATE UNIQUE INDEX proofs_token_hash_idx ON proofs (token_hash)`);
    await runner.query(`CREATE INDEX proofs_address_idx ON proofs (address, created_at)`);
    await runner.query(`CREATE INDEX proofs_user_id_idx ON proofs (user_id)`);
    await runner.query(`CREATE INDEX proofs_expires_at_idx ON proofs (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE proofs`);
  }
}
