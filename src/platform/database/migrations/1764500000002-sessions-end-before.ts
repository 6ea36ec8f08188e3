import type { MigrationInterface, QueryRunner } from 'typeorm';

/** So that very many sessions of a user end at once, and their rows can follow in steps. */
export class SessionsEndBefore1764500000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN sessions_end_before timestamptz`);
    await runner.query(`
      CREATE TABLE unfinished_endings (
        user_id     uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        reason      text NOT NULL,
        ends_before timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE unfinished_endings`);
    await runner.query(`ALTER TABLE users DROP COLUMN sessions_end_before`);
  }
}
