import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Accounts that are being deleted: their users have no session and cannot sign in, but some of their
 * rows may still be there, such as after a crash. The row goes with the user.
 */
export class Deletions1764700000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE unfinished_deletions (
        user_id  uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        began_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE unfinished_deletions`);
  }
}
