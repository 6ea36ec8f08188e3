import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The blacklist of access tokens. */
export class Revocations1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No foreign key: the row must outlive its session's, and its user's.
    await runner.query(`
      CREATE TABLE revocations (
        transaction_id bigint NOT NULL,
        session_id     uuid NOT NULL,
        user_id        uuid NOT NULL,
        lowest_epoch   integer,
        expires_at     timestamptz NOT NULL,
        PRIMARY KEY (transaction_id, session_id)
      )`);
    await runner.query(`CREATE INDEX revocations_expires_at_idx ON revocations (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE revocations`);
  }
}
