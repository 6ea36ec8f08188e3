import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From where a session was refreshed before its last refresh, if that came from elsewhere. */
export class SessionPreviousIp1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions ADD COLUMN previous_ip text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions DROP COLUMN previous_ip`);
  }
}
