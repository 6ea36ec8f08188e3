import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The outbox of mails. */
export class Mails1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mails (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        user_id uuid REFERENCES users (id) ON DELETE CASCADE,
        recipient text,
        data text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        send_until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '1 day',
        attempts integer NOT NULL DEFAULT 0,
        sent_at timestamptz,
        given_up_at timestamptz,
        -- What is sent or given up is forgotten; what waits can be sent.
        CHECK ((recipient IS NULL) = (sent_at IS NOT NULL OR given_up_at IS NOT NULL)),
        CHECK ((data IS NULL) = (recipient IS NULL))
      )
    `);
    const waiting = 'WHERE sent_at IS NULL AND given_up_at IS NULL';
    await runner.query(`CREATE INDEX mails_due_at_idx ON mails (due_at) ${waiting}`);
    await runner.query(`CREATE INDEX mails_waiting_idx ON mails (created_at) ${waiting}`);
    await runner.query(`CREATE INDEX mails_created_at_idx ON mails (created_at)`);
    await runner.query(`CREATE INDEX mails_user_id_idx ON mails (user_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE mails`);
  }
}
