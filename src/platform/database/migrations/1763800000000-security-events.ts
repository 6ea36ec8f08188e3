import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The record of what concerns a user's security. */
export class SecurityEvents1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Rows are added and, when old, deleted; never changed. No foreign key: they may be about
    // nobody, and outlive a session.
    await runner.query(`
      CREATE TABLE security_events (
        id          uuid PRIMARY KEY,
        type        text NOT NULL,
        occurred_at timestamptz NOT NULL,
        user_id     uuid,
        session_id  uuid,
        network     text,
        device_name text,
        fingerprint text,
        details     jsonb NOT NULL
      )`);
    // Ids are in the order of time: this is "mine, newest first", read backwards.
    await runner.query(`CREATE INDEX security_events_user_id_idx ON security_events (user_id, id)`);
    // Where a user has signed in from, though strangers may have failed to a million times.
    await runner.query(`
      CREATE INDEX security_events_sign_ins_idx ON security_events (user_id, id) WHERE type IN ('registered', 'login_succeeded')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE security_events`);
  }
}
