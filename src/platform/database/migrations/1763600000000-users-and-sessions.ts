import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first schema. */
export class UsersAndSessions1763600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id             uuid PRIMARY KEY,
        email          text NOT NULL,
        email_verified boolean NOT NULL DEFAULT false,
        password_hash  text NOT NULL,
        first_name     text,
        last_name      text,
        deactivated_at timestamptz,
        created_at     timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX users_email_key ON users (lower(email))`);

    // A refresh changes none of the indexed columns and finds room on the row's own page, so it
    // touches no index (a HOT update).
    await runner.query(`
      CREATE TABLE sessions (
        id                  uuid PRIMARY KEY,
        user_id             uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        epoch               integer NOT NULL DEFAULT 0,
        generation          integer NOT NULL,
        generation_key      integer NOT NULL,
        next_key            integer NOT NULL,
        children            jsonb NOT NULL,
        superseded          jsonb NOT NULL,
        version             integer NOT NULL DEFAULT 0,
        transport           text NOT NULL CHECK (transport IN ('body', 'cookie')),
        remember_me         boolean,
        lifetime_seconds    double precision NOT NULL,
        device_name         text NOT NULL,
        ip                  text,
        created_at          timestamptz NOT NULL,
        authenticated_at    timestamptz NOT NULL,
        last_used_at        timestamptz NOT NULL,
        expires_at          timestamptz NOT NULL,
        absolute_expires_at timestamptz NOT NULL,
        revoked_at          timestamptz,
        revoked_reason      text
      ) WITH (fillfactor = 70)`);
    await runner.query(`CREATE INDEX sessions_user_id_idx ON sessions (user_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sessions`);
    await runner.query(`DROP TABLE users`);
  }
}
