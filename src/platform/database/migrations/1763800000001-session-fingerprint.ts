import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which client began a session, to notice when another one refreshes it. Unknown of those that are
 * older than this column.
 */
export class SessionFingerprint1763800000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions ADD COLUMN fingerprint text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions DROP COLUMN fingerprint`);
  }
}
