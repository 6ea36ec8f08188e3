import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Access tokens say in which version of its claims a user was when they were issued. A change of
 * roles raises the version, and a row of `revocations` whose `session_id` is the user's own id says
 * so to every instance.
 */
export class ClaimsVersion1764700000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN claims_version integer NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM revocations WHERE session_id = user_id`);
    await runner.query(`ALTER TABLE users DROP COLUMN claims_version`);
  }
}
