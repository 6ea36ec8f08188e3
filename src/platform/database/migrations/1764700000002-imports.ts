import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How far each file of users has been imported. It is changed in the transactions that add the users,
 * so that an import that was stopped goes on without adding anybody twice. It contains nothing about
 * the users.
 */
export class Imports1764700000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE imports (
        file_digest bytea PRIMARY KEY,
        position_bytes bigint NOT NULL DEFAULT 0,
        lines bigint NOT NULL DEFAULT 0,
        imported bigint NOT NULL DEFAULT 0,
        skipped bigint NOT NULL DEFAULT 0,
        reasons jsonb NOT NULL DEFAULT '{}',
        report_bytes bigint NOT NULL DEFAULT 0,
        began_at timestamptz NOT NULL DEFAULT now(),
        changed_at timestamptz NOT NULL DEFAULT now()
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE imports`);
  }
}
